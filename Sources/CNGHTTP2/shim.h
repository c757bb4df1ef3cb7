// nghttp2: framing, header compression and flow control of HTTP/2. No logic.
#ifndef APUS_CNGHTTP2_H
#define APUS_CNGHTTP2_H
// malloc_usable_size: how large a block of nghttp2's is that it gives back.
#include <malloc.h>
#include <nghttp2/nghttp2.h>
#endif
