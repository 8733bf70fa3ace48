package org.lines4j.hub;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.lines4j.conformance.StorageReadConformance;
import org.lines4j.conformance.web.Content;
import org.lines4j.conformance.web.HubServer;
import org.lines4j.storage.Location;
import org.lines4j.storage.Storage;

class HubConformanceTest extends StorageReadConformance {
  private static final AtomicInteger REPOSITORIES = new AtomicInteger();
  private static final Map<String, Map<String, Content>> FILES = new ConcurrentHashMap<>();

  @TempDir private static Path cache;
  private static HubServer server;
  private static Environment environment;

  @BeforeAll
  static void start() throws IOException {
    server = HubServer.start();
    environment = Environment.online(server.address(), cache);
  }

  @AfterAll
  static void stop() throws IOException {
    environment.close();
    server.close();
  }

  @Override
  protected Storage storage() {
    return new HubStorage();
  }

  @Override
  protected boolean keepsVersions() {
    return true;
  }

  @Override
  protected Location newFolder() {
    return Location.parse("hf://kit/model-" + REPOSITORIES.incrementAndGet());
  }

  @Override
  protected void put(Location file, byte[] content) throws IOException {
    HubAddress address = HubAddress.of(file).orElseThrow();
    Map<String, Content> files = FILES.computeIfAbsent(address.repository(), _ -> new TreeMap<>());
    files.put(address.path(), Content.of(content));
    server.commit(address.repository(), files);
  }

  @Override
  protected void remove(Location file) throws IOException {
    HubAddress address = HubAddress.of(file).orElseThrow();
    Map<String, Content> files = Objects.requireNonNull(FILES.get(address.repository()));
    files.remove(address.path());
    server.commit(address.repository(), files);
  }
}
