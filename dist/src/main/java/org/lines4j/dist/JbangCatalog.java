package org.lines4j.dist;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/// What jbang runs as `lines`: the command line from Central, for those who have Java.
final class JbangCatalog {
  private JbangCatalog() {}

  static Path make(Release release) throws IOException {
    Path file = release.target().resolve("jbang-catalog.json");
    Files.writeString(
        file,
        """
        {
          "catalogs": {},
          "aliases": {
            "lines": {
              "script-ref": "org.lines4j:lines-cli:%s",
              "description": "Edit and merge fine-tuned models by depth (LiNeS)",
              "java": "25+",
              "main": "org.lines4j.cli.Main",
              "runtime-options": [
                "--add-modules=jdk.incubator.vector",
                "--enable-native-access=ALL-UNNAMED",
                "-XX:+UseSerialGC"
              ]
            }
          },
          "templates": {}
        }
        """
            .formatted(release.version()));
    return file;
  }
}
