"""An echo server on the gRPC C core, as lean as its documentation allows: the asynchronous API,
no generated code, and a handler that gives back the bytes it got (both messages have the same
fields). Usage: grpc_server.py PORT"""

import asyncio
import sys

import grpc


async def echo(request, context):
    return request


async def main(port):
    server = grpc.aio.server(options=[("grpc.so_reuseport", 0)])
    # Without a deserializer and a serializer the handler sees plain bytes.
    methods = {"Echo": grpc.unary_unary_rpc_method_handler(echo)}
    server.add_generic_rpc_handlers(
        (grpc.method_handlers_generic_handler("apus.probe.v1.Probe", methods),))
    server.add_insecure_port(f"127.0.0.1:{port}")
    await server.start()
    await server.wait_for_termination()


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1])))
