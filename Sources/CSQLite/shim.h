// SQLite, and what Swift cannot import: destructor constants and variadic calls. No logic.
#ifndef APUS_CSQLITE_H
#define APUS_CSQLITE_H
#include <sqlite3.h>
static inline int apus_sqlite3_bind_text(sqlite3_stmt *s, int i, const char *b, sqlite3_uint64 n) {
  return sqlite3_bind_text64(s, i, b, n, SQLITE_TRANSIENT, SQLITE_UTF8);
}
static inline int apus_sqlite3_bind_blob(sqlite3_stmt *s, int i, const void *b, sqlite3_uint64 n) {
  return sqlite3_bind_blob64(s, i, b, n, SQLITE_TRANSIENT);
}
static inline int apus_sqlite3_db_config(sqlite3 *database, int option, int value) {
  return sqlite3_db_config(database, option, value, (int *)0);
}
#endif
