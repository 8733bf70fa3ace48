package org.lines4j.hub;

import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.lines4j.error.InputException;
import org.lines4j.hub.cache.RepositoryFolder;
import org.lines4j.hub.cache.Tree;
import org.lines4j.hub.cache.TreeJson;
import org.lines4j.hub.http.Bearer;
import org.lines4j.hub.http.Client;
import org.lines4j.hub.http.Documents;
import org.lines4j.hub.http.Patience;
import org.lines4j.hub.http.RemoteFile;
import org.lines4j.hub.http.Reply;

/// The Hub, or what answers as it does, with its cache. Each revision is asked for once: a model
/// stays at one commit as long as this JVM lives.
final class Hub {
  private static final Map<Settings, Hub> ALL = new ConcurrentHashMap<>();

  private static final int LONGEST_PAGE = 32_000_000;
  private static final int MOST_PAGES = 200;
  private static final Pattern NEXT = Pattern.compile("<([^>]+)>\\s*;\\s*rel=\"?next\"?.*");

  private final Settings settings;
  private final Patience patience;
  private final Client client;
  private final Documents documents;
  private final Map<String, Snapshot> snapshots = new ConcurrentHashMap<>();

  Hub(Settings settings, Patience patience) {
    this.settings = settings;
    this.patience = patience;
    this.client = new Client(patience);
    this.documents = new Documents(client);
  }

  /// The one that the environment asks for.
  static Hub current() {
    return ALL.computeIfAbsent(
        Settings.now(), settings -> new Hub(settings, Patience.usual(settings.timeout())));
  }

  Settings settings() {
    return settings;
  }

  /// A repository at a revision.
  ///
  /// @throws InputException if there is none, or nobody may see it
  /// @throws IOException if the Hub cannot be reached, and the cache does not have it
  Snapshot snapshot(HubAddress address) throws IOException {
    String key = address.repository() + "@" + address.revision();
    Snapshot known = snapshots.get(key);
    if (known != null) {
      return known;
    }
    Snapshot found = find(address);
    snapshots.putIfAbsent(key, found);
    return snapshots.getOrDefault(key, found);
  }

  private Snapshot find(HubAddress address) throws IOException {
    RepositoryFolder folder =
        new RepositoryFolder(settings.cache(), address.repository(), settings.links());
    if (settings.offline()) {
      return cached(address, folder).orElseThrow(() -> Refusals.offline(address, settings.cache()));
    }
    Optional<String> fixed = Optional.of(address.revision()).filter(RepositoryFolder::isCommit);
    Optional<Tree> tree = Optional.empty();
    if (fixed.isPresent()) {
      tree = folder.tree(fixed.get());
    }
    if (tree.isPresent()) {
      return new Snapshot(this, address, fixed.get(), folder, tree, false);
    }
    try {
      String commit = commit(address, folder);
      tree = folder.tree(commit);
      if (tree.isEmpty()) {
        tree = Optional.of(tree(address, commit));
        keep(folder, commit, tree.get());
      }
      keep(folder, address.revision(), commit);
      return new Snapshot(this, address, commit, folder, tree, false);
    } catch (IOException | InputException e) {
      // as huggingface_hub does: what is cached is good enough where the Hub says nothing
      if (isCached(address, folder)) {
        Optional<Snapshot> cached = cached(address, folder);
        if (cached.isPresent()) {
          return cached.get();
        }
      }
      if (e instanceof IOException unreachable) {
        throw Refusals.unreachable(address, unreachable);
      }
      throw e;
    }
  }

  /// What the cache has of a revision, if it has any of it.
  private Optional<Snapshot> cached(HubAddress address, RepositoryFolder folder)
      throws IOException {
    Optional<String> commit = cachedCommit(address, folder);
    if (commit.isEmpty() || folder.names(commit.get()).isEmpty()) {
      return Optional.empty();
    }
    return Optional.of(
        new Snapshot(this, address, commit.get(), folder, folder.tree(commit.get()), true));
  }

  /// Notes are worth little: a cache that cannot be written to does without.
  private static void keep(RepositoryFolder folder, String commit, Tree tree) {
    try {
      folder.remember(commit, tree);
    } catch (IOException e) {
      // asked for anew the next time
    }
  }

  private static void keep(RepositoryFolder folder, String revision, String commit) {
    if (RepositoryFolder.isCommit(revision)) {
      return;
    }
    try {
      folder.remember(revision, commit);
    } catch (IOException e) {
      // asked for anew the next time
    }
  }

  private String commit(HubAddress address, RepositoryFolder folder) throws IOException {
    Reply reply =
        ask(
            "/api/models/%s/revision/%s"
                .formatted(address.repository(), escaped(address.revision())),
            isCached(address, folder) ? patience.once() : patience);
    if (reply.status() != 200) {
      throw Refusals.of(address, reply, settings);
    }
    Optional<String> commit;
    try {
      commit = TreeJson.text(reply.body(), "sha");
    } catch (IllegalArgumentException e) {
      throw Refusals.noHub(settings, String.valueOf(e.getMessage()));
    }
    return commit
        .filter(RepositoryFolder::isCommit)
        .orElseThrow(() -> Refusals.noHub(settings, "it names no commit"));
  }

  private static boolean isCached(HubAddress address, RepositoryFolder folder) throws IOException {
    try {
      return cachedCommit(address, folder).isPresent();
    } catch (InputException e) {
      return false; // what the cache says is wrong; it is about to be written anew
    }
  }

  private static Optional<String> cachedCommit(HubAddress address, RepositoryFolder folder)
      throws IOException {
    return RepositoryFolder.isCommit(address.revision())
        ? Optional.of(address.revision())
        : folder.commit(address.revision());
  }

  private Tree tree(HubAddress address, String commit) throws IOException {
    Map<String, Tree.Entry> files = new LinkedHashMap<>();
    URI next =
        uri(
            "/api/models/%s/tree/%s?recursive=true&expand=false"
                .formatted(address.repository(), commit));
    for (int page = 0; page < MOST_PAGES; page++) {
      Reply reply = documents.get(next, bearer(), LONGEST_PAGE, patience);
      if (reply.status() != 200) {
        throw Refusals.of(address, reply, settings);
      }
      try {
        TreeJson.readPage(reply.body(), files);
      } catch (IllegalArgumentException e) {
        throw new InputException(
            address.at(commit), "the Hub's list of its files is malformed: " + e.getMessage());
      }
      Optional<URI> following = next(reply);
      if (following.isEmpty()) {
        return new Tree(files);
      }
      next = following.get();
    }
    throw new InputException(
        address.at(commit),
        "the Hub's list of its files has no end: %d pages".formatted(MOST_PAGES));
  }

  private static Optional<URI> next(Reply reply) throws IOException {
    for (String link : reply.headers().allValues("Link")) {
      Matcher next = NEXT.matcher(link);
      if (next.matches()) {
        try {
          return Optional.of(reply.uri().resolve(next.group(1)));
        } catch (IllegalArgumentException e) {
          throw new IOException("the Hub's list of files goes on at what is no address", e);
        }
      }
    }
    return Optional.empty();
  }

  private Reply ask(String path, Patience howLong) throws IOException {
    return documents.get(uri(path), bearer(), LONGEST_PAGE, howLong);
  }

  /// A file of a commit, to be fetched.
  RemoteFile remote(HubAddress address, String commit, Tree.Entry entry) {
    String path =
        Arrays.stream(address.path().split("/")).map(Hub::escaped).collect(Collectors.joining("/"));
    URI uri = uri("/%s/resolve/%s/%s".formatted(address.repository(), commit, path));
    return new RemoteFile(
        client,
        uri,
        bearer(),
        new RemoteFile.Known(entry.size(), Optional.empty(), entry.sha256()),
        reply -> Refusals.of(address, reply, settings));
  }

  private Optional<Bearer> bearer() {
    return settings.token().map(token -> new Bearer(token, URI.create(settings.endpoint())));
  }

  private URI uri(String path) {
    return URI.create(settings.endpoint() + path);
  }

  private static String escaped(String part) {
    return URLEncoder.encode(part, StandardCharsets.UTF_8).replace("+", "%20");
  }
}
