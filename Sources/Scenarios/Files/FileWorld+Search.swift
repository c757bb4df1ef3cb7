import Blobs
import Mesh
import Primitives
import Simulation

extension FileWorld {
  mutating func search(
    _ query: ShareQuery, by asker: Int, wanted: Set<ShareKey>, isRetry: Bool = false
  ) throws {
    nextSearch += 1
    var search = Search(
      finder: try ShareFinder(query, page: 256, wide: false), asker: asker, wanted: wanted,
      startedAt: now)
    search.isRetry = isRetry
    if let core = nodes[asker].zones, let term = query.terms.first {
      search.zoneNodes = core.roster.members(of: core.map.zone(of: term.keys.lower)).count
    }
    searches[nextSearch] = search
    goOn(nextSearch)
  }

  private mutating func goOn(_ id: Int) {
    guard var search = searches[id] else { return }
    let ranges = search.finder.next()
    if ranges.isEmpty {
      search.found = Set(search.finder.found.map(\.key))
      searches[id] = nil
      done.append(search)
      return
    }
    search.answers = Array(repeating: nil, count: ranges.count)
    var tokens: [UInt64] = []
    for place in ranges.indices {
      nextToken += 1
      tokens.append(nextToken)
      search.tokens[nextToken] = place
      searchOfToken[nextToken] = id
    }
    search.ranges = ranges.count
    searches[id] = search
    for (range, token) in zip(ranges, tokens) {
      handle(search.asker, .find(token: token, range, limit: search.finder.linesOfAnswer))
    }
  }

  mutating func found(_ token: UInt64, _ answer: ShareFinder.Answer) {
    guard let id = searchOfToken.removeValue(forKey: token), var search = searches[id],
      let place = search.tokens.removeValue(forKey: token)
    else { return }
    search.answers[place] = answer
    if search.tokens.isEmpty {
      search.finder.take(search.answers)
      if search.firstHit == nil, !search.finder.found.isEmpty {
        search.firstHit = search.startedAt.duration(to: now)
      }
      searches[id] = search
      goOn(id)
    } else {
      searches[id] = search
    }
  }
}

extension ZoneMessage {
  var isOfSearch: Bool {
    switch self {
    case .find, .found: true
    case .mapOffer, .decisions, .put, .stored, .compare, .compared: false
    }
  }
}
