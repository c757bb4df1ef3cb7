// zlib, and its initialising macros as functions. No logic.
#ifndef APUS_CZLIB_H
#define APUS_CZLIB_H
#include <zlib.h>
static inline int apus_deflate_gzip_init(z_stream *stream, int level) {
  return deflateInit2(stream, level, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY);
}
static inline int apus_inflate_gzip_init(z_stream *stream) { return inflateInit2(stream, 15 + 16); }
#endif
