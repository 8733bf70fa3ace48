package org.lines4j.lab.text;

import java.io.IOException;
import java.io.InputStream;
import org.lines4j.error.InputException;
import org.lines4j.files.Digests;

/// A file of an artifact that Maven has fetched, by what it holds.
///
/// @param path on the class path
/// @param sha256 of its bytes
public record PinnedResource(String path, String sha256) {
  /// Its bytes.
  ///
  /// @throws InputException if the artifact is another one
  public byte[] read() throws IOException {
    try (InputStream in = PinnedResource.class.getResourceAsStream(path)) {
      if (in == null) {
        throw new InputException(path, "is not on the class path of the lab");
      }
      byte[] bytes = in.readAllBytes();
      String found = Digests.sha256(bytes);
      if (!found.equals(sha256)) {
        throw InputException.expected(path, "its SHA-256", sha256, found)
            .withRemedy("build the lab with the versions that its pom.xml names");
      }
      return bytes;
    }
  }
}
