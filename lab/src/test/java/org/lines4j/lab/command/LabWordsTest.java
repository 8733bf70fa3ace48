package org.lines4j.lab.command;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.lines4j.cli.Main;

/// What the lab's commands say of words that they cannot use.
class LabWordsTest {
  @TempDir private Path folder;

  private static void fails(int code, String words, String... args) {
    StringWriter err = new StringWriter();
    assertEquals(code, Main.run(args, new StringWriter(), err), err::toString);
    assertTrue(err.toString().contains(words), err::toString);
  }

  @Test
  void whatIsNoNumberIsToldSo() {
    fails(2, "expected a number such as 0.1, found 'a'", "lab", "text", "--rates", "a");
    fails(2, "expected a number such as 0.1, found 'NaN'", "lab", "icons", "--rates", "1e-3,NaN");
    fails(
        2,
        "--rates should be numbers above 0 and up to 1, found -1.0",
        "lab",
        "text",
        "--rates",
        "-1",
        "--out",
        folder.toString());
    fails(2, "expected a whole number, found 'x'", "lab", "eval", "m", "--seed", "x");
  }

  @Test
  void tablesTakeALabsFolder() throws IOException {
    String lab = folder.toString();
    fails(
        3,
        folder.resolve("results.json") + ": there is no such file; name the",
        "lab",
        "tables",
        lab);
    Files.writeString(folder.resolve("results.json"), "{\"runs\": 3}");
    fails(3, "not the results.json of a lab of texts or icons", "lab", "tables", lab);
  }

  @Test
  void tablesGoIntoAMarkdownFileThatIsThere() {
    Path results = Path.of("").toAbsolutePath().resolveSibling("docs/results/text");
    String readme = folder.resolve("none.md").toString();
    fails(
        3,
        "there is no such file; name a Markdown file",
        "lab",
        "tables",
        results.toString(),
        "--readme",
        readme);
  }

  @Test
  void aFileIsNoFolderForALab() throws IOException {
    Path file = Files.writeString(folder.resolve("plain.txt"), "x");
    fails(
        1,
        "plain.txt: is there already, and is no folder",
        "lab",
        "train",
        "--out",
        file.toString());
  }
}
