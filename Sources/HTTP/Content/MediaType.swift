/// Media types by the ending of a file's name: what a web page consists of.
package enum MediaType {
  private static let byEnding: [String: String] = [
    "html": "text/html; charset=utf-8", "css": "text/css; charset=utf-8",
    "js": "text/javascript; charset=utf-8", "mjs": "text/javascript; charset=utf-8",
    "json": "application/json", "map": "application/json", "txt": "text/plain; charset=utf-8",
    "md": "text/markdown; charset=utf-8", "xml": "application/xml", "svg": "image/svg+xml",
    "png": "image/png", "jpg": "image/jpeg", "jpeg": "image/jpeg", "gif": "image/gif",
    "webp": "image/webp", "ico": "image/x-icon", "woff2": "font/woff2",
    "wasm": "application/wasm", "pdf": "application/pdf",
    "webmanifest": "application/manifest+json", "gz": "application/gzip", "csv": "text/csv",
    "htm": "text/html", "yaml": "application/yaml", "yml": "application/yaml",
    "toml": "application/toml", "epub": "application/epub+zip", "avif": "image/avif",
    "bmp": "image/bmp", "tif": "image/tiff", "tiff": "image/tiff", "mp3": "audio/mpeg",
    "flac": "audio/flac", "ogg": "audio/ogg", "opus": "audio/ogg", "wav": "audio/wav",
    "m4a": "audio/mp4", "mp4": "video/mp4", "m4v": "video/mp4", "mkv": "video/x-matroska",
    "webm": "video/webm", "mov": "video/quicktime", "avi": "video/x-msvideo",
    "zip": "application/zip", "tar": "application/x-tar", "xz": "application/x-xz",
    "zst": "application/zstd", "bz2": "application/x-bzip2", "7z": "application/x-7z-compressed",
    "iso": "application/x-iso9660-image", "deb": "application/vnd.debian.binary-package",
    "sqlite": "application/vnd.sqlite3", "parquet": "application/vnd.apache.parquet",
    "doc": "application/msword", "odt": "application/vnd.oasis.opendocument.text",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
  ]

  package static let unknown = "application/octet-stream"

  package static func of(path: some StringProtocol) -> String {
    let name = path.split(separator: "/").last ?? ""
    guard let dot = name.lastIndex(of: ".") else { return unknown }
    return byEnding[name[name.index(after: dot)...].lowercased()] ?? unknown
  }

  /// True for text and the like; pictures and archives are compressed already.
  package static func isCompressible(_ type: String) -> Bool {
    type.hasPrefix("text/") || type.hasPrefix("application/json")
      || type.hasPrefix("application/xml") || type.hasPrefix("image/svg")
      || type.hasPrefix("application/wasm") || type.hasPrefix("application/manifest")
  }
}
