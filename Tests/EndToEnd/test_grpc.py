"""Every kind of call with the stock gRPC client and stock stubs: in clear, over TLS and over the
node's socket."""

import hashlib
import os
import queue
import re
import time
import unittest
import urllib.request

import grpc
from google.protobuf import descriptor_pool, message_factory
from grpc_health.v1 import health_pb2, health_pb2_grpc
from grpc_reflection.v1alpha import reflection_pb2
from grpc_reflection.v1alpha.proto_reflection_descriptor_database import (
    ProtoReflectionDescriptorDatabase)

from support import Node, stubs, until

# grpcio prints a line for every handshake that fails, which is what some tests are about.
os.environ.setdefault("GRPC_VERBOSITY", "NONE")

MEBIBYTE = 1 << 20
OPTIONS = [("grpc.max_receive_message_length", 32 * MEBIBYTE),
           ("grpc.max_send_message_length", 32 * MEBIBYTE)]
SERVICES = ["apus.boxes.v1.Boxes", "apus.boxes.v1.Sharing", "apus.faults.v1.Faults",
            "apus.files.v1.Chunks", "apus.files.v1.Files", "apus.files.v1.Placement",
            "apus.files.v1.ZoneFiles", "apus.network.v1.Membership", "apus.network.v1.NetworkAdmin",
            "apus.node.v1.Node", "apus.nodes.v1.Nodes", "apus.probe.v1.Probe",
            "apus.relay.v1.Relay", "apus.table.v1.Gossip", "apus.table.v1.Loads",
            "apus.table.v1.Records", "apus.topics.v1.TopicExchange", "apus.topics.v1.Topics",
            "apus.traversal.v1.Traversal", "apus.zones.v1.Zones", "grpc.health.v1.Health",
            "grpc.reflection.v1.ServerReflection", "grpc.reflection.v1alpha.ServerReflection"]


def counter(node, name):
    with urllib.request.urlopen(f"http://{node.target}/metrics", timeout=10) as answer:
        found = re.search(rf"^{name} (\S+)$", answer.read().decode(), re.MULTILINE)
    return float(found[1])


def calls_open(node):
    """Calls whose handlers have not ended, whatever their callers know."""
    return counter(node, "apus_calls_open")


def tls_channel(node):
    """Trusts exactly the certificate that the node shows."""
    credentials = grpc.ssl_channel_credentials(node.certificate().encode())
    return grpc.secure_channel(
        node.target, credentials, OPTIONS + [("grpc.ssl_target_name_override", "localhost")])


class CallCase(unittest.TestCase):
    """Two nodes for a whole class: starting one for each test would cost more than the tests."""

    settings = ()

    @classmethod
    def setUpClass(cls):
        cls.stubs = stubs()
        cls.node = Node(*[word for setting in cls.settings for word in ("--set", setting)])
        cls.addClassCleanup(cls.node.close)
        cls.channel = cls.open_channel()
        cls.addClassCleanup(cls.channel.close)
        cls.probe = cls.stubs.probe_calls.ProbeStub(cls.channel)
        cls.node_stub = cls.stubs.node_calls.NodeStub(cls.channel)

    @classmethod
    def open_channel(cls):
        return grpc.insecure_channel(cls.node.target, OPTIONS)

    def assert_code(self, expected, body):
        with self.assertRaises(grpc.RpcError) as caught:
            body()
        error = caught.exception
        self.assertEqual(error.code(), expected, error.details())
        return error

    def assert_idle(self):
        self.assertTrue(until(lambda: calls_open(self.node) == 0, 5), "a handler goes on")

    def echo(self, payload=b"", **more):
        timeout = more.pop("timeout", 20)
        options = {key: more.pop(key) for key in ("metadata", "compression") if key in more}
        request = self.stubs.probe.EchoRequest(payload=payload, **more)
        return self.probe.Echo(request, timeout=timeout, **options)

    def delay(self, milliseconds, timeout):
        request = self.stubs.probe.DelayRequest(milliseconds=milliseconds)
        return self.probe.Delay(request, timeout=timeout)


class Kinds:
    """What holds on every way to the node."""

    def test_unary(self):
        reply = self.echo(b"hello", labels={"a": "1", "ü": "ß"})
        self.assertEqual(reply.payload, b"hello")
        self.assertEqual(dict(reply.labels), {"a": "1", "ü": "ß"})

    def test_empty_message(self):
        self.assertEqual(self.echo(), self.stubs.probe.EchoReply())

    def test_client_stream(self):
        pieces = [bytes([number]) * 1000 * number for number in range(50)]
        reply = self.probe.Sink(
            (self.stubs.probe.SinkRequest(payload=piece) for piece in pieces), timeout=20)
        whole = b"".join(pieces)
        self.assertEqual((reply.messages, reply.bytes), (50, len(whole)))
        self.assertEqual(reply.sha256, hashlib.sha256(whole).digest())

    def test_client_stream_of_nothing(self):
        reply = self.probe.Sink(iter(()), timeout=20)
        self.assertEqual((reply.messages, reply.sha256), (0, hashlib.sha256().digest()))

    def test_server_stream(self):
        request = self.stubs.probe.SourceRequest(messages=2000, bytes=1000)
        replies = list(self.probe.Source(request, timeout=30))
        self.assertEqual([reply.number for reply in replies], list(range(2000)))
        self.assertTrue(all(len(reply.payload) == 1000 for reply in replies))

    def test_bidirectional_takes_turns(self):
        requests = queue.SimpleQueue()
        replies = self.probe.Mirror(iter(requests.get, None), timeout=30)
        for number in range(200):
            requests.put(self.stubs.probe.MirrorRequest(number=number, payload=b"x" * number))
            # The answer comes while the request goes on.
            reply = next(replies)
            self.assertEqual((reply.number, len(reply.payload)), (number, number))
        requests.put(None)
        self.assertEqual(list(replies), [])
        self.assertEqual(replies.code(), grpc.StatusCode.OK)

    def test_bidirectional_at_full_speed(self):
        payload = os.urandom(20_000)
        requests = (self.stubs.probe.MirrorRequest(number=number, payload=payload)
                    for number in range(500))
        numbers = [reply.number for reply in self.probe.Mirror(requests, timeout=30)
                   if reply.payload == payload]
        self.assertEqual(numbers, list(range(500)))

    def test_eight_mebibytes_both_ways(self):
        payload = os.urandom(8 * MEBIBYTE)
        self.assertEqual(self.echo(payload, timeout=60).payload, payload)

    def test_eight_mebibytes_in_streams(self):
        payload = os.urandom(8 * MEBIBYTE)
        sunk = self.probe.Sink(
            iter([self.stubs.probe.SinkRequest(payload=payload)] * 2), timeout=60)
        self.assertEqual(sunk.sha256, hashlib.sha256(payload * 2).digest())
        request = self.stubs.probe.SourceRequest(messages=2, bytes=8 * MEBIBYTE)
        sizes = [len(reply.payload) for reply in self.probe.Source(request, timeout=60)]
        self.assertEqual(sizes, [8 * MEBIBYTE] * 2)

    def test_gzip(self):
        payload = b"apus " * 200_000
        reply = self.echo(payload, compression=grpc.Compression.Gzip)
        self.assertEqual(reply.payload, payload)
        pieces = [self.stubs.probe.SinkRequest(payload=payload)] * 3
        sunk = self.probe.Sink(iter(pieces), timeout=20, compression=grpc.Compression.Gzip)
        self.assertEqual(sunk.bytes, 3 * len(payload))

    def test_many_at_once(self):
        calls = [
            self.probe.Delay.future(
                self.stubs.probe.DelayRequest(payload=b"%d" % number, milliseconds=50),
                timeout=30)
            for number in range(500)]
        self.assertEqual([call.result().payload for call in calls],
                         [b"%d" % number for number in range(500)])

    def test_deadline_exceeded_and_the_server_stops(self):
        start = time.monotonic()
        self.assert_code(
            grpc.StatusCode.DEADLINE_EXCEEDED,
            lambda: self.delay(30_000, timeout=0.3))
        self.assertLess(time.monotonic() - start, 5)
        # Its delay goes on for long.
        self.assert_idle()

    def test_cancelled_unary_and_the_server_stops(self):
        request = self.stubs.probe.DelayRequest(milliseconds=30_000)
        call = self.probe.Delay.future(request, timeout=60)
        self.assertTrue(until(lambda: calls_open(self.node) == 1))
        self.assertTrue(call.cancel())
        self.assertEqual(call.code(), grpc.StatusCode.CANCELLED)
        self.assert_idle()

    def test_cancelled_stream_and_the_server_stops(self):
        replies = self.probe.Source(
            self.stubs.probe.SourceRequest(messages=1_000_000, bytes=10_000), timeout=120)
        for _ in range(10):
            next(replies)
        self.assertEqual(calls_open(self.node), 1)
        replies.cancel()
        self.assertEqual(replies.code(), grpc.StatusCode.CANCELLED)
        self.assert_idle()

    def test_cancelled_while_it_sends_and_the_server_stops(self):
        requests = queue.SimpleQueue()
        replies = self.probe.Mirror(iter(requests.get, None), timeout=60)
        requests.put(self.stubs.probe.MirrorRequest(number=7))
        self.assertEqual(next(replies).number, 7)
        replies.cancel()
        self.assert_idle()
        requests.put(None)

    def test_unimplemented(self):
        for path in ("/apus.probe.v1.Probe/Nothing", "/nothing.Here/At", "/x"):
            with self.subTest(path=path):
                call = self.channel.unary_unary(path)
                error = self.assert_code(
                    grpc.StatusCode.UNIMPLEMENTED, lambda: call(b"", timeout=10))
                self.assertIn("reflection", error.details())

    def test_too_large_a_request(self):
        error = self.assert_code(
            grpc.StatusCode.RESOURCE_EXHAUSTED,
            lambda: self.echo(b"x" * (17 * MEBIBYTE), timeout=60))
        self.assertIn(str(16 * MEBIBYTE), error.details())
        self.assertEqual(self.echo(b"still").payload, b"still")

    def test_asking_for_more_than_there_may_be(self):
        request = self.stubs.probe.SourceRequest(messages=1, bytes=9 * MEBIBYTE)
        error = self.assert_code(
            grpc.StatusCode.INVALID_ARGUMENT,
            lambda: list(self.probe.Source(request, timeout=10)))
        self.assertIn(str(8 * MEBIBYTE), error.details())

    def test_bytes_that_are_no_message(self):
        call = self.channel.unary_unary("/apus.probe.v1.Probe/Echo")
        error = self.assert_code(
            grpc.StatusCode.INVALID_ARGUMENT, lambda: call(b"\x0a\xff\xff\xff\x0f", timeout=10))
        self.assertRegex(error.details(), r"payload|EchoRequest")

    def test_metadata(self):
        metadata = [("x-text", "a value"), ("x-twice", "1"), ("x-twice", "2"),
                    ("x-raw-bin", bytes(range(256))),
                    ("traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01")]
        request = self.stubs.probe.EchoRequest(payload=b"m")
        reply, call = self.probe.Echo.with_call(request, metadata=metadata, timeout=10)
        self.assertEqual(reply.payload, b"m")
        self.assertIsNotNone(call.initial_metadata())
        self.assertEqual(call.code(), grpc.StatusCode.OK)

    def test_too_much_metadata(self):
        with self.assertRaises(grpc.RpcError):
            self.echo(metadata=[(f"x-{number}", "v" * 500) for number in range(90)], timeout=10)
        self.assertEqual(self.echo(b"still").payload, b"still")

    def test_reflection_lists_the_services(self):
        database = ProtoReflectionDescriptorDatabase(self.channel)
        self.assertEqual(sorted(database.get_services()), SERVICES)


class InClear(Kinds, CallCase):
    settings = ("loopback.probe=true", "loopback.readiness=true")

    def test_reflection_is_enough_to_call(self):
        pool = descriptor_pool.DescriptorPool(ProtoReflectionDescriptorDatabase(self.channel))
        service = pool.FindServiceByName("apus.probe.v1.Probe")
        method = service.FindMethodByName("Echo")
        request_class = message_factory.GetMessageClass(method.input_type)
        reply_class = message_factory.GetMessageClass(method.output_type)
        call = self.channel.unary_unary(
            f"/{service.full_name}/{method.name}", request_class.SerializeToString,
            reply_class.FromString)
        self.assertEqual(call(request_class(payload=b"reflected"), timeout=10).payload,
                         b"reflected")
        self.assertTrue(service.FindMethodByName("Sink").client_streaming)

    def test_reflection_in_both_versions(self):
        for version in ("v1", "v1alpha"):
            with self.subTest(version=version):
                # Their messages are the same on the wire.
                call = self.channel.stream_stream(
                    f"/grpc.reflection.{version}.ServerReflection/ServerReflectionInfo",
                    reflection_pb2.ServerReflectionRequest.SerializeToString,
                    reflection_pb2.ServerReflectionResponse.FromString)
                asked = [
                    reflection_pb2.ServerReflectionRequest(list_services=""),
                    reflection_pb2.ServerReflectionRequest(
                        file_containing_symbol="apus.node.v1.Node.Status"),
                    reflection_pb2.ServerReflectionRequest(file_by_filename="no/such.proto")]
                listed, found, missing = call(iter(asked), timeout=10)
                names = [service.name for service in listed.list_services_response.service]
                self.assertEqual(sorted(names), SERVICES)
                self.assertTrue(found.file_descriptor_response.file_descriptor_proto)
                self.assertEqual(missing.error_response.error_code, 5)

    def test_health(self):
        health = health_pb2_grpc.HealthStub(self.channel)
        for name in ["", *SERVICES]:
            reply = health.Check(health_pb2.HealthCheckRequest(service=name), timeout=10)
            self.assertEqual(reply.status, health_pb2.HealthCheckResponse.SERVING, name)
        self.assert_code(
            grpc.StatusCode.NOT_FOUND,
            lambda: health.Check(health_pb2.HealthCheckRequest(service="no"), timeout=10))
        watch = health.Watch(health_pb2.HealthCheckRequest(service="no"), timeout=10)
        self.assertEqual(next(watch).status, health_pb2.HealthCheckResponse.SERVICE_UNKNOWN)
        watch.cancel()

    def test_a_reply_the_client_does_not_take(self):
        options = [("grpc.max_receive_message_length", 1000)]
        with grpc.insecure_channel(self.node.target, options) as channel:
            probe = self.stubs.probe_calls.ProbeStub(channel)
            request = self.stubs.probe.SourceRequest(messages=1_000_000, bytes=2000)
            self.assert_code(
                grpc.StatusCode.RESOURCE_EXHAUSTED,
                lambda: list(probe.Source(request, timeout=60)))
        self.assert_idle()


class OverTLS(Kinds, CallCase):
    settings = ("loopback.probe=true",)

    @classmethod
    def open_channel(cls):
        return tls_channel(cls.node)

    def test_a_client_that_trusts_another_certificate_refuses(self):
        with Node() as other:
            credentials = grpc.ssl_channel_credentials(other.certificate().encode())
        options = [("grpc.ssl_target_name_override", "localhost")]
        with grpc.secure_channel(self.node.target, credentials, options) as channel:
            probe = self.stubs.probe_calls.ProbeStub(channel)
            self.assert_code(
                grpc.StatusCode.UNAVAILABLE,
                lambda: probe.Echo(self.stubs.probe.EchoRequest(), timeout=5))
        self.assertEqual(self.echo(b"still").payload, b"still")

    def test_the_address_itself_is_a_name_in_the_certificate(self):
        credentials = grpc.ssl_channel_credentials(self.node.certificate().encode())
        with grpc.secure_channel(self.node.target, credentials) as channel:
            probe = self.stubs.probe_calls.ProbeStub(channel)
            reply = probe.Echo(self.stubs.probe.EchoRequest(payload=b"ip"), timeout=10)
        self.assertEqual(reply.payload, b"ip")


class OverTheSocket(Kinds, CallCase):
    """The local owner: nothing is granted, and all is allowed."""

    settings = ("log.level=debug",)

    @classmethod
    def open_channel(cls):
        return grpc.insecure_channel(f"unix:{cls.node.socket_path}", OPTIONS)

    def test_status(self):
        reply = self.node_stub.Status(self.stubs.node.StatusRequest(), timeout=10)
        self.assertEqual((reply.id, reply.pid), (self.node.id, self.node.pid))
        self.assertEqual(list(reply.listen), self.node.said["listen"])
        self.assertGreater(reply.resident_bytes, MEBIBYTE)

    def test_settings_say_where_they_come_from(self):
        reply = self.node_stub.Settings(
            self.stubs.node.SettingsRequest(prefix="log."), timeout=10)
        found = {setting.key: setting for setting in reply.settings}
        self.assertEqual(found["log.level"].value, '"debug"')
        self.assertEqual(found["log.level"].origin, self.stubs.node.Setting.ORIGIN_FLAG)
        self.assertEqual(found["log.format"].origin, self.stubs.node.Setting.ORIGIN_BUILT_IN)
        self.assertTrue(all(key.startswith("log.") for key in found))

    def test_logs_follow(self):
        request = self.stubs.node.LogsRequest(follow=True, tail=0)
        records = self.node_stub.Logs(request, timeout=30)
        self.assertTrue(until(lambda: calls_open(self.node) == 1))
        with self.node.connect() as stream:
            stream.sendall(b"\x01garbage")
            stream.recv(100)
        record = next(records)
        self.assertIn("ended before its first request", record.message)
        self.assertIn("peer", record.fields)
        self.assertEqual(record.level, self.stubs.node.LOG_LEVEL_DEBUG)
        records.cancel()
        self.assert_idle()

    def test_logs_end_without_follow(self):
        records = list(self.node_stub.Logs(self.stubs.node.LogsRequest(), timeout=10))
        self.assertIn("serving", [record.message for record in records])

    def test_doctor(self):
        request = self.stubs.node.DoctorRequest(checks=["key"])
        reply = self.node_stub.Doctor(request, timeout=10)
        self.assertEqual([finding.check for finding in reply.findings], ["key"])


class Refusals(CallCase):
    """A node as it comes: strangers on its port may do next to nothing."""

    def denied(self, channel):
        probe = self.stubs.probe_calls.ProbeStub(channel)
        node = self.stubs.node_calls.NodeStub(channel)
        health = health_pb2_grpc.HealthStub(channel)
        messages = self.stubs.node
        return {
            "probe": lambda: probe.Echo(self.stubs.probe.EchoRequest(), timeout=10),
            "probe stream": lambda: probe.Sink(
                iter([self.stubs.probe.SinkRequest(payload=b"x")]), timeout=10),
            "status": lambda: node.Status(messages.StatusRequest(), timeout=10),
            "stop": lambda: node.Stop(messages.StopRequest(), timeout=10),
            "doctor": lambda: node.Doctor(messages.DoctorRequest(), timeout=10),
            "settings": lambda: node.Settings(messages.SettingsRequest(), timeout=10),
            "logs": lambda: list(node.Logs(messages.LogsRequest(), timeout=10)),
            "readiness": lambda: health.Check(health_pb2.HealthCheckRequest(), timeout=10),
        }

    def test_strangers_in_clear_and_over_tls(self):
        with tls_channel(self.node) as secure:
            for way, channel in (("clear", self.channel), ("tls", secure)):
                for name, call in self.denied(channel).items():
                    with self.subTest(way=way, call=name):
                        error = self.assert_code(grpc.StatusCode.PERMISSION_DENIED, call)
                        self.assertIn("permission", error.details())
        self.assertTrue(self.node.is_running)

    def test_reflection_is_open_to_this_machine(self):
        database = ProtoReflectionDescriptorDatabase(self.channel)
        self.assertEqual(sorted(database.get_services()), SERVICES)


class Limited(CallCase):
    settings = ("loopback.probe=true", "loopback.reflection=false",
                "calls.max-message-bytes=64KiB", "calls.max-concurrent=20",
                "calls.default-deadline=500ms")

    def test_too_large_both_ways(self):
        self.assertEqual(len(self.echo(b"x" * 60_000).payload), 60_000)
        self.assert_code(
            grpc.StatusCode.RESOURCE_EXHAUSTED, lambda: self.echo(b"x" * 70_000))
        request = self.stubs.probe.SourceRequest(messages=2, bytes=70_000)
        error = self.assert_code(
            grpc.StatusCode.RESOURCE_EXHAUSTED,
            lambda: list(self.probe.Source(request, timeout=10)))
        self.assertIn("65536", error.details())

    def test_a_message_that_unpacks_to_too_much(self):
        self.assert_code(
            grpc.StatusCode.RESOURCE_EXHAUSTED,
            lambda: self.echo(b"x" * 8 * MEBIBYTE, compression=grpc.Compression.Gzip))

    def test_reflection_is_refused_where_it_is_switched_off(self):
        database = ProtoReflectionDescriptorDatabase(self.channel)
        self.assert_code(grpc.StatusCode.PERMISSION_DENIED, database.get_services)

    def test_more_calls_than_there_may_be(self):
        request = self.stubs.probe.DelayRequest(milliseconds=400)
        calls = [self.probe.Delay.future(request, timeout=20) for _ in range(60)]
        codes = [call.code() for call in calls]
        self.assertGreaterEqual(codes.count(grpc.StatusCode.OK), 20)
        self.assertGreaterEqual(codes.count(grpc.StatusCode.RESOURCE_EXHAUSTED), 1)
        self.assertEqual(self.echo(b"after").payload, b"after")

    def test_the_default_deadline_is_for_unary_calls_alone(self):
        self.assert_code(
            grpc.StatusCode.DEADLINE_EXCEEDED,
            lambda: self.probe.Delay(self.stubs.probe.DelayRequest(milliseconds=5_000)))
        # A caller's own deadline counts, also a longer one.
        self.delay(800, timeout=10)
        requests = queue.SimpleQueue()
        replies = self.probe.Mirror(iter(requests.get, None))
        time.sleep(0.8)
        requests.put(self.stubs.probe.MirrorRequest(number=1))
        self.assertEqual(next(replies).number, 1)
        requests.put(None)
        self.assertEqual(list(replies), [])
