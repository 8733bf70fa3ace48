package org.lines4j.hub;

import java.io.IOException;
import java.net.URI;
import java.nio.file.NoSuchFileException;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.lines4j.error.InputException;
import org.lines4j.error.RequestException;
import org.lines4j.hub.http.Client;
import org.lines4j.hub.http.Patience;
import org.lines4j.storage.ByteSource;
import org.lines4j.storage.Draft;
import org.lines4j.storage.Location;
import org.lines4j.storage.Storage;

/// Files of web servers, such as `https://example.org/model.safetensors`: read by ranges, never
/// kept. A server lists nothing, so there are no folders.
public abstract sealed class WebStorage implements Storage {
  /// Files that were just looked at: a format is found by asking each whether it is that.
  private static final Map<URI, WebFile.Seen> SEEN = new ConcurrentHashMap<>();

  private static final Pattern PAGE =
      Pattern.compile(
          "https?://(?:www\\.)?(?:huggingface\\.co|hf\\.co)/(?<model>[\\w.-]+/[\\w.-]+?)(?:\\.git)?"
              + "(?:/(?:tree|blob)/(?<revision>[^/?#]+)(?:/(?<path>[^?#]+?))?)?/?(?:[?#].*)?");

  private static final long FRESH = 2_000_000_000;
  private static final int MOST_SEEN = 1000;

  private final String scheme;

  private WebStorage(String scheme) {
    this.scheme = scheme;
  }

  /// `http://`.
  public static final class Plain extends WebStorage {
    /// Found as a service.
    public Plain() {
      super("http");
    }
  }

  /// `https://`.
  public static final class Secure extends WebStorage {
    /// Found as a service.
    public Secure() {
      super("https");
    }
  }

  private static final class Clients {
    static final Client CLIENT = new Client(Patience.usual(Settings.now().timeout()));
  }

  @Override
  public String scheme() {
    return scheme;
  }

  private static URI uri(Location location) {
    URI uri;
    try {
      uri = URI.create(location.text().replace(" ", "%20"));
    } catch (IllegalArgumentException e) {
      throw new RequestException(location, "is no address: " + e.getMessage());
    }
    if (uri.getHost() == null || uri.getUserInfo() != null) {
      throw new RequestException(
          location,
          uri.getHost() == null
              ? "is no address"
              : "names and passwords in addresses are not sent");
    }
    return uri;
  }

  /// What a browser shows of a model is a page, whatever file it is about.
  private static void refusePage(Location location) {
    Matcher page = PAGE.matcher(location.text());
    if (!page.matches()) {
      return;
    }
    String model = page.group("model");
    String revision = Objects.requireNonNullElse(page.group("revision"), "main");
    String path = Objects.requireNonNullElse(page.group("path"), "");
    String version = revision.equals("main") ? model : model + "@" + revision;
    throw new InputException(location, "a page of the Hugging Face hub, not a file")
        .withRemedy("name " + (path.isEmpty() ? version : "hf://" + version + "/" + path));
  }

  private static WebFile.Seen look(Location location) throws IOException {
    URI uri = uri(location);
    refusePage(location);
    WebFile.Seen known = SEEN.get(uri);
    if (known != null && System.nanoTime() - known.when() < FRESH) {
      return known;
    }
    if (Settings.now().offline()) {
      throw new InputException(location, "HF_HUB_OFFLINE forbids to ask any server")
          .withRemedy("unset HF_HUB_OFFLINE");
    }
    WebFile.Seen seen = WebFile.look(Clients.CLIENT, location, uri);
    if (SEEN.size() >= MOST_SEEN) {
      SEEN.clear();
    }
    SEEN.put(uri, seen);
    return seen;
  }

  @Override
  public Kind kind(Location location) throws IOException {
    return look(location).isThere() ? Kind.FILE : Kind.ABSENT;
  }

  @Override
  public List<Entry> list(Location folder) {
    return List.of();
  }

  @Override
  public ByteSource open(Location file) throws IOException {
    WebFile.Seen seen = look(file);
    if (!seen.isThere()) {
      throw new NoSuchFileException(file.text());
    }
    return new WebFile(Clients.CLIENT, file, uri(file), seen);
  }

  @Override
  public Location real(Location location) {
    return location;
  }

  @Override
  public boolean contains(Location outer, Location inner) {
    return inner.text().equals(outer.text()) || inner.text().startsWith(outer.text() + "/");
  }

  @Override
  public Optional<String> obstacle(Location location) {
    return Optional.of("files of web servers are read, not written; name a path of this machine");
  }

  @Override
  public OptionalLong room(Location location, boolean folder, long wanted) {
    return OptionalLong.empty();
  }

  @Override
  public Draft draft(Location location, boolean folder) {
    throw new RequestException(location, obstacle(location).orElseThrow());
  }
}
