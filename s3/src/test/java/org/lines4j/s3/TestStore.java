package org.lines4j.s3;

import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.lines4j.conformance.web.S3Server;

/// A server that answers as S3 does, which the SDK's properties lead to as long as it is open.
final class TestStore implements AutoCloseable {
  static final String BUCKET = "models";

  private final S3Server server;
  private final Map<String, @Nullable String> before = new LinkedHashMap<>();

  TestStore() throws IOException {
    server = S3Server.start(BUCKET);
    with("aws.endpointUrl", server.address());
    with("aws.region", "eu-central-1");
    with("aws.accessKeyId", "anybody");
    with("aws.secretAccessKey", "secret");
  }

  TestStore with(String name, String value) {
    String old = System.setProperty(name, value);
    if (!before.containsKey(name)) {
      before.put(name, old);
    }
    return this;
  }

  S3Server server() {
    return server;
  }

  @Override
  public void close() throws IOException {
    before.forEach(
        (name, value) -> {
          if (value == null) {
            System.clearProperty(name);
          } else {
            System.setProperty(name, value);
          }
        });
    server.close();
  }
}
