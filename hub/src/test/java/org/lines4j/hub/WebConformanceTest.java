package org.lines4j.hub;

import java.io.IOException;
import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.lines4j.conformance.StorageReadConformance;
import org.lines4j.conformance.web.Answer;
import org.lines4j.conformance.web.Content;
import org.lines4j.conformance.web.WebServer;
import org.lines4j.storage.Location;
import org.lines4j.storage.Storage;

class WebConformanceTest extends StorageReadConformance {
  private static final AtomicInteger FOLDERS = new AtomicInteger();
  private static final Map<String, byte[]> FILES = new ConcurrentHashMap<>();

  private static WebServer server;
  private static Environment environment;

  @BeforeAll
  static void start() throws IOException {
    server =
        WebServer.start(
            request -> {
              byte[] content = FILES.get(request.path());
              return content == null
                  ? Answer.status(404)
                  : Answer.file(request, Content.of(content), "v" + Arrays.hashCode(content));
            });
    environment = new Environment().with("HF_HUB_OFFLINE", "0");
  }

  @AfterAll
  static void stop() throws IOException {
    environment.close();
    server.close();
  }

  @Override
  protected Storage storage() {
    return new WebStorage.Plain();
  }

  @Override
  protected boolean hasFolders() {
    return false;
  }

  @Override
  protected Location newFolder() {
    return Location.parse(server.address() + "/folder-" + FOLDERS.incrementAndGet());
  }

  private static String path(Location file) {
    return file.text().substring(server.address().length());
  }

  @Override
  protected void put(Location file, byte[] content) {
    FILES.put(path(file), content.clone());
  }

  @Override
  protected void remove(Location file) {
    FILES.remove(path(file));
  }
}
