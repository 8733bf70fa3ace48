package org.lines4j.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.lines4j.error.InputException;
import org.lines4j.files.Digests;
import org.lines4j.storage.Location;

class PartsTest {
  private static final String PLACE = "org/example/jar/1/jar-1.jar";

  @TempDir private Path folder = Path.of("");
  private final StringWriter said = new StringWriter();

  @BeforeEach
  void makePart() throws IOException {
    Path jar = folder.resolve("repository").resolve(PLACE);
    Files.createDirectories(jar.resolveSibling(""));
    Files.writeString(jar, "content");
    Files.createDirectories(folder.resolve("parts/lab"));
    Files.writeString(folder.resolve("parts/lab/ours.jar"), "");
    list(Digests.sha256("content") + " 7 " + PLACE);
  }

  private void list(String text) throws IOException {
    Files.writeString(folder.resolve("parts/lab").resolve(Parts.LIST), text + "\n");
  }

  private List<Path> classPath(String repository) throws IOException {
    return new Parts(
            Location.parse(repository), folder.resolve("cache/jars"), new PrintWriter(said, true))
        .classPath(List.of(folder.resolve("parts/lab")));
  }

  private String repository() {
    return folder.resolve("repository").toString();
  }

  @Test
  void isFetchedOnce() throws IOException {
    List<Path> jars =
        List.of(folder.resolve("parts/lab/ours.jar"), folder.resolve("cache/jars/jar-1.jar"));
    assertEquals(jars, classPath("file://" + repository()));
    assertEquals("content", Files.readString(jars.get(1)));
    assertTrue(said.toString().startsWith("lines: fetching 1 jars, 1 MB, from "), said::toString);
    assertEquals(jars, classPath("/nowhere"));
  }

  @Test
  void whatTheListDoesNotKnowIsNotKept() throws IOException {
    list(Digests.sha256("CONTENT") + " 7 " + PLACE);
    InputException failure = assertThrows(InputException.class, () -> classPath(repository()));
    assertTrue(failure.toString().contains("its SHA-256"), failure::toString);
    list(Digests.sha256("content") + " 8 " + PLACE);
    assertThrows(InputException.class, () -> classPath(repository()));
    assertFalse(Files.exists(folder.resolve("cache/jars/jar-1.jar")));
  }

  @Test
  void aRepositoryWithoutItIsNamed() {
    InputException failure = assertThrows(InputException.class, () -> classPath("/nowhere"));
    assertTrue(failure.toString().contains("/nowhere/" + PLACE), failure::toString);
  }
}
