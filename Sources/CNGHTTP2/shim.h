// nghttp2: framing, header compression and flow control of HTTP/2. No logic.
#ifndef APUS_CNGHTTP2_H
#define APUS_CNGHTTP2_H
#include <nghttp2/nghttp2.h>
#endif
