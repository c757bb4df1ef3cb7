// OpenSSL 3, and its function-like macros as functions. No logic.
#ifndef APUS_COPENSSL_H
#define APUS_COPENSSL_H
#include <openssl/bio.h>
#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/kdf.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

static const uint64_t apus_SSL_OP_NO_TICKET = SSL_OP_NO_TICKET;
static const uint64_t apus_SSL_OP_CIPHER_SERVER_PREFERENCE = SSL_OP_CIPHER_SERVER_PREFERENCE;
static const uint64_t apus_SSL_OP_PRIORITIZE_CHACHA = SSL_OP_PRIORITIZE_CHACHA;
static const uint64_t apus_OPENSSL_INIT_NO_ATEXIT = OPENSSL_INIT_NO_ATEXIT;
static const uint64_t apus_OPENSSL_INIT_NO_LOAD_CONFIG = OPENSSL_INIT_NO_LOAD_CONFIG;

static inline long apus_SSL_CTX_set_min_proto_version(SSL_CTX *context, int version) {
  return SSL_CTX_set_min_proto_version(context, version);
}
static inline long apus_SSL_CTX_set_max_proto_version(SSL_CTX *context, int version) {
  return SSL_CTX_set_max_proto_version(context, version);
}
static inline long apus_SSL_CTX_set_mode(SSL_CTX *context, long mode) {
  return SSL_CTX_set_mode(context, mode);
}
static inline long apus_SSL_CTX_set_session_cache_mode(SSL_CTX *context, long mode) {
  return SSL_CTX_set_session_cache_mode(context, mode);
}
static inline long apus_SSL_CTX_set_max_cert_list(SSL_CTX *context, long bytes) {
  return SSL_CTX_set_max_cert_list(context, bytes);
}
static inline long apus_SSL_CTX_set1_groups_list(SSL_CTX *context, const char *names) {
  return SSL_CTX_set1_groups_list(context, names);
}
static inline long apus_SSL_CTX_add1_chain_cert(SSL_CTX *context, X509 *certificate) {
  return SSL_CTX_add1_chain_cert(context, certificate);
}
static inline long apus_SSL_set_tlsext_host_name(SSL *ssl, const char *name) {
  return SSL_set_tlsext_host_name(ssl, name);
}
static inline EVP_PKEY *apus_EVP_EC_gen_p256(void) { return EVP_EC_gen("P-256"); }
static inline void apus_BIO_clear_retry_flags(BIO *bio) { BIO_clear_retry_flags(bio); }
static inline void apus_BIO_set_retry_read(BIO *bio) { BIO_set_retry_read(bio); }
static inline void apus_BIO_set_retry_write(BIO *bio) { BIO_set_retry_write(bio); }
static inline long apus_BIO_get_mem_data(BIO *bio, char **bytes) {
  return BIO_get_mem_data(bio, bytes);
}
#endif
