package org.lines4j.conformance.web;

import java.io.IOException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/// Answers as the Hugging Face Hub does, as far as models are read from it: revisions, listings,
/// files; large files lie at another server, the store, which signed addresses lead to.
public final class HubServer implements AutoCloseable {
  private static final Pattern REVISION = Pattern.compile("/api/models/(.+)/revision/([^/]+)");
  private static final Pattern TREE = Pattern.compile("/api/models/(.+)/tree/([0-9a-f]{40})");
  private static final Pattern RESOLVE = Pattern.compile("/([^/]+/[^/]+)/resolve/([^/]+)/(.+)");
  private static final Pattern STORED = Pattern.compile("/store/([0-9a-f]{64})");

  private final WebServer hub;
  private final WebServer store;
  private final Map<String, Repository> repositories = new ConcurrentHashMap<>();
  private final Map<String, Content> stored = new ConcurrentHashMap<>();
  private final Map<Content, String> hashes = new ConcurrentHashMap<>();
  private final Map<String, String> renamed = new ConcurrentHashMap<>();
  private final Map<String, String> gated = new ConcurrentHashMap<>();
  private volatile Fault hubFault = (_, answer) -> answer;
  private volatile Fault storeFault = (_, answer) -> answer;

  /// Changes what a server would answer.
  @FunctionalInterface
  public interface Fault {
    /// The answer to be given instead.
    Answer instead(Request request, Answer answer) throws IOException;
  }

  /// A repository: commits, and the names that they have.
  private static final class Repository {
    final Map<String, Map<String, Content>> commits = new ConcurrentHashMap<>();
    final Map<String, String> revisions = new ConcurrentHashMap<>();
    final AtomicInteger number = new AtomicInteger();
  }

  private HubServer(int port) throws IOException {
    hub = WebServer.start(port, request -> hubFault.instead(request, answerHub(request)));
    store = WebServer.start(request -> storeFault.instead(request, answerStore(request)));
  }

  /// Starts both servers on ports that are free.
  public static HubServer start() throws IOException {
    return new HubServer(0);
  }

  /// Starts both servers.
  ///
  /// @param port of the Hub's
  public static HubServer start(int port) throws IOException {
    return new HubServer(port);
  }

  /// The server that answers as the Hub.
  public WebServer hub() {
    return hub;
  }

  /// The server where large files lie.
  public WebServer store() {
    return store;
  }

  /// What `HF_ENDPOINT` is to be.
  public String address() {
    return hub.address();
  }

  /// The bytes that both have sent.
  public long bytesSent() {
    return hub.bytesSent() + store.bytesSent();
  }

  /// Has the Hub misbehave.
  public void misbehave(Fault fault) {
    hubFault = fault;
  }

  /// Has the store misbehave.
  public void misbehaveInStore(Fault fault) {
    storeFault = fault;
  }

  /// Makes a commit of files, of which `main` is told.
  ///
  /// @param repository `org/name`
  /// @return the commit
  public String commit(String repository, Map<String, Content> files) throws IOException {
    Repository known = repositories.computeIfAbsent(repository, _ -> new Repository());
    int number = known.number.incrementAndGet();
    String commit =
        Content.of((repository + number).getBytes(StandardCharsets.UTF_8))
            .digest("SHA-1", new byte[0]);
    known.commits.put(commit, new TreeMap<>(files));
    for (Content content : files.values()) {
      if (isLarge(content)) {
        stored.put(hash(content), content);
      }
    }
    known.revisions.put("main", commit);
    return commit;
  }

  /// Gives a commit a name.
  public void name(String repository, String revision, String commit) {
    Objects.requireNonNull(repositories.get(repository)).revisions.put(revision, commit);
  }

  /// Has a repository be found by another name, too.
  public void rename(String old, String repository) {
    renamed.put(old, repository);
  }

  /// Has a repository opened by one token alone.
  public void gate(String repository, String token) {
    gated.put(repository, token);
  }

  private String hash(Content content) throws IOException {
    String known = hashes.get(content);
    if (known == null) {
      known = content.sha256();
      hashes.put(content, known);
    }
    return known;
  }

  private static boolean isLarge(Content content) throws IOException {
    return content.size() > 300;
  }

  private static String blobId(Content content) throws IOException {
    return content.digest(
        "SHA-1", ("blob " + content.size() + "\0").getBytes(StandardCharsets.US_ASCII));
  }

  private Answer answerStore(Request request) throws IOException {
    Matcher path = STORED.matcher(request.path());
    if (!path.matches() || !stored.containsKey(path.group(1))) {
      return Answer.text(404, "nothing stored there");
    }
    return Answer.file(request, stored.get(path.group(1)), path.group(1));
  }

  private Answer answerHub(Request request) throws IOException {
    Matcher revision = REVISION.matcher(request.path());
    if (revision.matches()) {
      String name = revision.group(1);
      return of(
          request,
          name,
          decoded(revision.group(2)),
          (commit, files) -> describe(name, commit, files.keySet()));
    }
    Matcher tree = TREE.matcher(request.path());
    if (tree.matches()) {
      return of(request, tree.group(1), tree.group(2), this::list);
    }
    Matcher file = RESOLVE.matcher(request.path());
    if (file.matches()) {
      String name = decoded(file.group(3));
      return of(
          request,
          file.group(1),
          decoded(file.group(2)),
          (_, files) -> resolve(request, files, name));
    }
    return Answer.text(404, "no such page");
  }

  @FunctionalInterface
  private interface OfCommit {
    Answer answer(String commit, Map<String, Content> files) throws IOException;
  }

  private Answer of(Request request, String repository, String revision, OfCommit answer)
      throws IOException {
    String now = renamed.get(repository);
    if (now != null) {
      return Answer.status(307)
          .with("Location", request.target().replace("/" + repository + "/", "/" + now + "/"));
    }
    Optional<String> token = request.header("Authorization");
    String wanted = gated.get(repository);
    if (wanted != null && !token.equals(Optional.of("Bearer " + wanted))) {
      return error(
          token.isEmpty() ? 401 : 403,
          "GatedRepo",
          "Access to model " + repository + " is restricted");
    }
    Repository known = repositories.get(repository);
    if (known == null) {
      return error(401, "RepoNotFound", "Invalid username or password.");
    }
    String commit = known.revisions.getOrDefault(revision, revision);
    Map<String, Content> files = known.commits.get(commit);
    return files == null
        ? error(404, "RevisionNotFound", "Invalid rev id")
        : answer.answer(commit, files).with("X-Repo-Commit", commit);
  }

  private static Answer error(int status, String code, String message) {
    return Answer.text(status, "{\"error\":\"" + message + "\"}")
        .with("X-Error-Code", code)
        .with("X-Error-Message", message);
  }

  private static Answer describe(String repository, String commit, Set<String> files) {
    String siblings =
        files.stream()
            .map(name -> "{\"rfilename\":\"" + escaped(name) + "\"}")
            .collect(Collectors.joining(","));
    return Answer.text(
        200,
        "{\"id\":\"%s\",\"sha\":\"%s\",\"siblings\":[%s]}".formatted(repository, commit, siblings));
  }

  private Answer list(String commit, Map<String, Content> files) throws IOException {
    StringBuilder json = new StringBuilder("[{\"type\":\"directory\",\"oid\":\"\",\"path\":\"x\"}");
    for (Map.Entry<String, Content> file : files.entrySet()) {
      Content content = file.getValue();
      json.append(",\n{\"type\":\"file\",\"path\":\"")
          .append(escaped(file.getKey()))
          .append("\",\"size\":")
          .append(content.size());
      if (isLarge(content)) {
        String hash = hash(content);
        json.append(",\"oid\":\"").append(hash, 0, 40);
        json.append("\",\"lfs\":{\"oid\":\"").append(hash);
        json.append("\",\"size\":").append(content.size()).append(",\"pointerSize\":134}}");
      } else {
        json.append(",\"oid\":\"").append(blobId(content)).append("\"}");
      }
    }
    return Answer.text(200, json.append("]").toString());
  }

  private static String escaped(String text) {
    StringBuilder json = new StringBuilder();
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      json.append(c < ' ' || c == '"' || c == '\\' ? "\\u%04x".formatted((int) c) : c);
    }
    return json.toString();
  }

  private Answer resolve(Request request, Map<String, Content> files, String name)
      throws IOException {
    Content content = files.get(name);
    if (content == null) {
      return error(404, "EntryNotFound", "Entry not found");
    }
    if (!isLarge(content)) {
      return Answer.file(request, content, blobId(content));
    }
    String hash = hash(content);
    String elsewhere =
        store.address().replace("127.0.0.1", "localhost"); // another host by its name
    return Answer.redirect(elsewhere + "/store/" + hash + "?X-Amz-Signature=abc")
        .with("X-Linked-Etag", "\"" + hash + "\"")
        .with("X-Linked-Size", String.valueOf(content.size()))
        .with("ETag", "\"" + HexFormat.of().formatHex(new byte[16]) + "\"");
  }

  private static String decoded(String text) {
    return URLDecoder.decode(text.replace("+", "%2B"), StandardCharsets.UTF_8);
  }

  @Override
  public void close() throws IOException {
    hub.close();
    store.close();
  }
}
