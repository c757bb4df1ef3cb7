import IO
import Primitives

extension Bench {
  /// nghttpd in clear with one worker, answering with a file and a trailer.
  func withNGHTTPD<Result: Sendable>(
    folder: String, trailer: String, _ body: (RunningServer) async throws -> Result
  ) async throws -> Result {
    let port = try freePort()
    let types = try await write(Array("application/grpc grpc\n".utf8), to: "mime.types")
    let command = [
      "nghttpd", "--no-tls", "--mime-types-file=\(types)", "-n", "1", "-a", "127.0.0.1", "-d",
      folder, "--trailer", trailer,
      String(port),
    ]
    return try await serving(command, on: serverCore) { child in
      try await waitForServer(at: port)
      return try await body(RunningServer(name: "nghttpd", process: child.process, port: port))
    }
  }

  /// The gRPC C core under Python, answering with what it got.
  func withPythonServer<Result: Sendable>(
    _ body: (RunningServer) async throws -> Result
  ) async throws -> Result {
    let port = try freePort()
    let python = "\(options.root)/.venv/bin/python"
    let command = [python, source("grpc_server.py"), String(port)]
    return try await serving(command, on: serverCore) { child in
      try await waitForServer(at: port)
      return try await body(RunningServer(name: "grpcio", process: child.process, port: port))
    }
  }

  /// nginx with one worker, answering with a short text.
  func withNGINX<Result: Sendable>(
    _ body: (RunningServer) async throws -> Result
  ) async throws -> Result {
    try await withNGINX(
      listening: "",
      "location = /healthz { default_type \"text/plain; charset=utf-8\"; return 200 \"ok\\n\"; }",
      body)
  }

  /// nginx with one worker, giving the files of a folder over TLS 1.3 with the node's cipher.
  func withNGINX<Result: Sendable>(
    serving folder: String, _ body: (RunningServer) async throws -> Result
  ) async throws -> Result {
    let (key, certificate) = ("\(scratch)/nginx.key", "\(scratch)/nginx.pem")
    _ = try await run([
      "openssl", "req", "-x509", "-newkey", "ed25519", "-nodes", "-subj", "/CN=localhost",
      "-keyout", key, "-out", certificate,
    ])
    let settings = """
      ssl_protocols TLSv1.3;
          ssl_certificate \(certificate);
          ssl_certificate_key \(key);
          ssl_conf_command Ciphersuites TLS_AES_128_GCM_SHA256;
          root \(folder);
      """
    return try await withNGINX(listening: " ssl", settings, body)
  }

  /// The same in clear.
  func withPlainNGINX<Result: Sendable>(
    serving folder: String, _ body: (RunningServer) async throws -> Result
  ) async throws -> Result {
    try await withNGINX(listening: "", "root \(folder);", name: "nginx-plain", body)
  }

  private func withNGINX<Result: Sendable>(
    listening how: String, _ place: String, name: String = "nginx",
    _ body: (RunningServer) async throws -> Result
  ) async throws -> Result {
    let port = try freePort()
    let folders = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]
      .map { "\($0)_temp_path \(scratch)/\($0);" }.joined(separator: " ")
    let settings = """
      daemon off;
      worker_processes 1;
      pid \(scratch)/\(name).pid;
      error_log stderr crit;
      events { worker_connections 4096; use epoll; multi_accept on; }
      http {
        access_log off;
        server_tokens off;
        tcp_nodelay on;
        keepalive_requests 1000000000;
        keepalive_timeout 300s;
        \(folders)
        server {
          listen 127.0.0.1:\(port)\(how);
          \(place)
        }
      }

      """
    let path = try await write(Array(settings.utf8), to: "\(name).conf")
    let command = ["nginx", "-p", scratch, "-c", path, "-e", "stderr"]
    return try await serving(command, on: serverCore) { child in
      try await waitForServer(at: port)
      return try await body(
        RunningServer(name: "nginx", process: child.process, port: port, path: "/healthz"))
    }
  }
}
