// miniupnpc and libnatpmp. No logic.
#ifndef APUS_CPORTMAP_H
#define APUS_CPORTMAP_H
#include <miniupnpc/miniupnpc.h>
#include <miniupnpc/upnpcommands.h>
#include <miniupnpc/upnperrors.h>
#include <natpmp.h>

// Version 2.2.8 of the library gave one function another shape.
static inline int apus_upnp_gateway(struct UPNPDev *devices, struct UPNPUrls *urls,
                                    struct IGDdatas *data, char *lan, int length) {
#if MINIUPNPC_API_VERSION >= 18
  return UPNP_GetValidIGD(devices, urls, data, lan, length, 0, 0);
#else
  return UPNP_GetValidIGD(devices, urls, data, lan, length);
#endif
}
#endif
