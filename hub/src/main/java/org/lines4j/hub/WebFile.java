package org.lines4j.hub;

import java.io.EOFException;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.net.URI;
import java.nio.file.NoSuchFileException;
import java.util.Optional;
import org.lines4j.error.InputException;
import org.lines4j.error.PlaceException;
import org.lines4j.error.Problem;
import org.lines4j.hub.http.Client;
import org.lines4j.hub.http.Probe;
import org.lines4j.hub.http.RemoteFile;
import org.lines4j.hub.http.Reply;
import org.lines4j.storage.ByteSource;
import org.lines4j.storage.Location;
import org.lines4j.storage.Stamp;
import org.lines4j.storage.far.ReadAhead;

/// A file of a web server.
final class WebFile implements ByteSource {
  private static final int FAR_REQUEST = 1 << 22;

  private final Client client;
  private final Location location;
  private final URI uri;
  private final Probe.Found found;
  private final ReadAhead reads;
  private volatile boolean isFresh = true;

  /// What a look at an address saw.
  ///
  /// @param found empty where there is nothing
  /// @param when by the JVM's clock
  record Seen(Optional<Probe.Found> found, long when) {
    boolean isThere() {
      return found.isPresent();
    }
  }

  static Seen look(Client client, Location location, URI uri) throws IOException {
    try {
      return new Seen(Probe.of(client, uri, reply -> refusal(location, reply)), System.nanoTime());
    } catch (IOException e) {
      throw new PlaceException(Problem.of(String.valueOf(e.getMessage())).in(location), e);
    }
  }

  private static InputException refusal(Location location, Reply reply) {
    InputException refused =
        new InputException(location, "the server refuses with " + reply.inWords());
    return reply.status() == 401 || reply.status() == 403
        ? refused.withRemedy("lines sends no password; a signed address may have expired")
        : refused;
  }

  WebFile(Client client, Location location, URI uri, Seen seen) {
    this.client = client;
    this.location = location;
    this.uri = uri;
    this.found = seen.found().orElseThrow();
    this.reads =
        new ReadAhead(RemoteFile.of(client, uri, found, reply -> refusal(location, reply)));
    reads.know(found.beginning());
  }

  @Override
  public Location location() {
    return location;
  }

  @Override
  public long size() {
    return found.size();
  }

  @Override
  public void read(long from, MemorySegment target) throws IOException {
    try {
      reads.read(from, target);
    } catch (EOFException e) {
      throw e;
    } catch (IOException e) {
      throw new IOException(location + ": " + e.getMessage(), e);
    }
  }

  /// Asks the server, but for the first time: that was a moment ago.
  @Override
  public Stamp stamp() throws IOException {
    if (isFresh) {
      isFresh = false;
      return stamp(found);
    }
    return stamp(
        look(client, location, uri)
            .found()
            .orElseThrow(() -> new NoSuchFileException(location.text())));
  }

  private static Stamp stamp(Probe.Found now) {
    String state = now.size() + " " + now.etag().orElse("") + " " + now.modified().orElse("");
    return new Stamp(state, Optional.empty());
  }

  @Override
  public int request() {
    return FAR_REQUEST;
  }

  @Override
  public void close() {
    reads.close();
  }
}
