package org.lines4j.hub;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Variables of `huggingface_hub`, as long as it is open.
final class Environment implements AutoCloseable {
  private final Map<String, @Nullable String> before = new LinkedHashMap<>();

  static Environment offline(Path cache) {
    return new Environment().with("HF_HUB_OFFLINE", "1").with("HF_HUB_CACHE", cache.toString());
  }

  static Environment online(String endpoint, Path cache) {
    return new Environment()
        .with("HF_HUB_OFFLINE", "0")
        .with("HF_ENDPOINT", endpoint)
        .with("HF_TOKEN", "hf_secret")
        .with("HF_HUB_CACHE", cache.toString());
  }

  Environment with(String name, String value) {
    String old = System.setProperty(name, value);
    if (!before.containsKey(name)) {
      before.put(name, old);
    }
    return this;
  }

  @Override
  public void close() {
    before.forEach(
        (name, value) -> {
          if (value == null) {
            System.clearProperty(name);
          } else {
            System.setProperty(name, value);
          }
        });
  }
}
