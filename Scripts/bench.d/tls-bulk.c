/* The yardstick of the suite tls-bulk: the two ends of one TLS 1.3 stream, each a process, as
   plain as OpenSSL allows. Blocking sockets, page-aligned buffers of 64 KiB, Ed25519 keys proven
   by both sides, AES-128-GCM, no tickets.

     tls-bulk sink              prints {"port": n}, takes one connection, reads it to its end
     tls-bulk source PORT MIB   sends so much and waits for the sink's end */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { BUFFER = 64 * 1024, PAGE = 4096 };

static void fail(const char *what) {
  fprintf(stderr, "tls-bulk: %s\n", what);
  ERR_print_errors_fp(stderr);
  exit(1);
}

static void require(int ok, const char *what) {
  if (!ok) fail(what);
}

/* Any key is taken: what is measured is the stream. */
static int accept_any(int ok, X509_STORE_CTX *store) {
  (void)ok;
  (void)store;
  return 1;
}

static void identify(SSL_CTX *context) {
  EVP_PKEY *key = EVP_PKEY_Q_keygen(NULL, NULL, "ED25519");
  X509 *certificate = X509_new();
  require(key && certificate, "a key");
  X509_set_version(certificate, 2);
  ASN1_INTEGER_set(X509_get_serialNumber(certificate), 1);
  X509_gmtime_adj(X509_getm_notBefore(certificate), -3600);
  X509_gmtime_adj(X509_getm_notAfter(certificate), 86400);
  X509_NAME *name = X509_get_subject_name(certificate);
  X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC, (const unsigned char *)"bench", -1, -1, 0);
  X509_set_issuer_name(certificate, name);
  X509_set_pubkey(certificate, key);
  require(X509_sign(certificate, key, NULL) > 0, "a certificate");
  require(SSL_CTX_use_certificate(context, certificate) == 1, "use the certificate");
  require(SSL_CTX_use_PrivateKey(context, key) == 1, "use the key");
}

static SSL *session(const SSL_METHOD *method, int descriptor) {
  SSL_CTX *context = SSL_CTX_new(method);
  require(context != NULL, "a context");
  SSL_CTX_set_min_proto_version(context, TLS1_3_VERSION);
  require(SSL_CTX_set_ciphersuites(context, "TLS_AES_128_GCM_SHA256"), "the cipher");
  SSL_CTX_set_verify(context, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, accept_any);
  SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
  SSL_CTX_set_num_tickets(context, 0);
  /* Several records with one system call. */
  SSL_CTX_set_read_ahead(context, 1);
  SSL_CTX_set_default_read_buffer_len(context, 2 * BUFFER);
  identify(context);
  int on = 1;
  setsockopt(descriptor, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  SSL *ssl = SSL_new(context);
  require(ssl && SSL_set_fd(ssl, descriptor) == 1, "a session");
  return ssl;
}

static struct sockaddr_in loopback(int port) {
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(port)};
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return address;
}

static void sink(char *buffer) {
  struct sockaddr_in address = loopback(0);
  socklen_t length = sizeof address;
  int listener = socket(AF_INET, SOCK_STREAM, 0);
  require(bind(listener, (struct sockaddr *)&address, length) == 0, "bind");
  require(listen(listener, 1) == 0, "listen");
  getsockname(listener, (struct sockaddr *)&address, &length);
  printf("{\"port\": %d}\n", ntohs(address.sin_port));
  fflush(stdout);
  int descriptor = accept(listener, NULL, NULL);
  require(descriptor >= 0, "accept");
  SSL *ssl = session(TLS_server_method(), descriptor);
  require(SSL_accept(ssl) == 1, "handshake");
  long long count = 0;
  for (int n; (n = SSL_read(ssl, buffer, BUFFER)) > 0;) count += n;
  SSL_shutdown(ssl);
  printf("{\"bytes\": %lld}\n", count);
}

static void source(char *buffer, int port, long mebibytes) {
  struct sockaddr_in address = loopback(port);
  int descriptor = socket(AF_INET, SOCK_STREAM, 0);
  require(connect(descriptor, (struct sockaddr *)&address, sizeof address) == 0, "connect");
  SSL *ssl = session(TLS_client_method(), descriptor);
  require(SSL_connect(ssl) == 1, "handshake");
  memset(buffer, 0x5A, BUFFER);
  for (long left = mebibytes * ((1 << 20) / BUFFER); left > 0; left--)
    require(SSL_write(ssl, buffer, BUFFER) == BUFFER, "write");
  SSL_shutdown(ssl);
  while (SSL_read(ssl, buffer, BUFFER) > 0) continue;
}

int main(int count, char **arguments) {
  signal(SIGPIPE, SIG_IGN);
  char *buffer = aligned_alloc(PAGE, BUFFER);
  require(buffer != NULL, "memory");
  if (count == 2 && strcmp(arguments[1], "sink") == 0) {
    sink(buffer);
  } else if (count == 4 && strcmp(arguments[1], "source") == 0) {
    source(buffer, atoi(arguments[2]), atol(arguments[3]));
  } else {
    fail("usage: tls-bulk sink | source PORT MIB");
  }
  return 0;
}
