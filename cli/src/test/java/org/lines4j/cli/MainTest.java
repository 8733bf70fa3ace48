package org.lines4j.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.lines4j.cli.Cli.run;

import java.io.IOException;
import java.io.StringWriter;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.lines4j.error.Version;

class MainTest {
  @TempDir private Path folder;

  @ParameterizedTest
  @ValueSource(strings = {"--version", "-V"})
  void versionGoesToStandardOutput(String option) {
    Cli run = run(option).succeeds();
    assertEquals("lines " + Version.current(), run.out().strip());
    assertEquals("", run.err());
  }

  @Test
  void withoutACommandTheHelpIsShownAsAnError() {
    Cli run = run();
    assertEquals(2, run.code());
    assertEquals("", run.out());
    assertEquals(run("--help").out(), run.err());
  }

  @Test
  void anUnknownCommandIsAUsageErrorThatNamesTheNearest() {
    run("nonsense").fails(2, "unknown command 'nonsense'\nTry 'lines --help'.");
    run("edits").fails(2, "unknown command 'edits'; did you mean 'edit'?");
    run("help", "--bogus").fails(2, "unknown option '--bogus'");
    run("help", "edit", "--bogus").fails(2, "unknown option '--bogus'");
    run("help", "ispect").fails(2, "unknown command 'ispect'; did you mean 'inspect'?");
  }

  @Test
  void anUnknownOptionIsAUsageErrorThatNamesTheNearest() {
    run("edit", "--alfa=0.1").fails(2, "unknown option '--alfa'; did you mean '--alpha'?");
    run("edit", "--dryrun").fails(2, "'--dryrun'; did you mean '--dry-run'?", "lines edit --help");
    run("edit", "-b", "x")
        .fails(
            2, "unknown option '-b'; options have long names, such as --bandwidth, --base, --beta");
    run("edit", "-z", "x").fails(2, "unknown option '-z'");
    run("inspect", "--jsn", "x").fails(2, "unknown option '--jsn'; did you mean '--json'?");
    run("--verson").fails(2, "unknown option '--verson'; did you mean '--version'?");
  }

  @Test
  void missingAndRepeatedOptionsAreUsageErrors() {
    run("edit").fails(2, "missing required options", "--tuned=PATH", "--out=PATH");
    run("edit", "--base").fails(2, "--base", "PATH");
    run("edit", "--base", "a", "--base", "b").fails(2, "--base", "only once");
  }

  @Test
  void aStackTraceIsOnlyForDebugging() {
    Path nowhere = folder.resolve("nowhere");
    assertFalse(run("inspect", nowhere).showsStackTrace());
    Cli debug = run("inspect", nowhere, "--debug");
    assertEquals(3, debug.code());
    assertTrue(debug.showsStackTrace(), debug.err());
    assertEquals("", debug.out());
    assertTrue(run("edit", "--debug").err().contains("MissingParameterException"));
  }

  private static Map<String, @Nullable Object> error(int code, Object... args) {
    Cli run = run(args);
    assertEquals(code, run.code(), run.err());
    assertTrue(run.err().startsWith("lines: "), run.err());
    return Cli.objects(List.of(Objects.requireNonNull(run.json().get("error")))).getFirst();
  }

  @Test
  void underJsonAnErrorIsADocument() throws IOException {
    Path bad = folder.resolve("bad.safetensors");
    Files.writeString(bad, "not a model");
    Map<String, @Nullable Object> input = error(3, "inspect", bad, "--json");
    assertEquals("input", input.get("kind"));
    assertEquals(bad.toString(), input.get("file"));
    String message = String.valueOf(input.get("message"));
    assertTrue(message.startsWith(bad + ": ") && message.contains("a text"), message);
    assertFalse(input.containsKey("tensor"));

    Map<String, @Nullable Object> usage = error(2, "inspect", "--json", "--no");
    assertEquals("usage", usage.get("kind"));
    assertEquals("unknown option '--no'", usage.get("message"));
    assertEquals("Try 'lines inspect --help'.", usage.get("remedy"));
    assertEquals("usage", error(2, "--json").get("kind"));
    assertEquals("usage", error(2, "edit", "--json").get("kind"));

    Path model = SmallModel.llama().file(folder.resolve("m.safetensors"));
    Map<String, @Nullable Object> request =
        error(2, "edit", "--base", model, "--tuned", model, "--out", model, "--json");
    assertEquals("request", request.get("kind"));
    assertEquals("choose another output", request.get("remedy"));
  }

  @Test
  void theDocumentOfAnErrorHasItsParts() throws IOException {
    Path model = folder.resolve("m.safetensors");
    String header = "{\"w.weight\":{\"dtype\":\"F99\",\"shape\":[1],\"data_offsets\":[0,4]}}";
    byte[] bytes = new byte[8 + header.length() + 4];
    bytes[0] = (byte) header.length();
    System.arraycopy(header.getBytes(StandardCharsets.US_ASCII), 0, bytes, 8, header.length());
    Files.write(model, bytes);
    assertEquals("w.weight", error(3, "inspect", model, "--json").get("tensor"));
    Path page = folder.resolve("page.txt");
    Map<String, @Nullable Object> error = error(2, "diff", model, model, "--html", page, "--json");
    assertEquals("a file name ending in .html", error.get("expected"));
    assertEquals(page.toString(), error.get("found"));

    Path llama = SmallModel.llama().folder(folder.resolve("llama"));
    Path recipe = folder.resolve("r.yml");
    Files.writeString(
        recipe,
        """
        merge_method: passthrough
        slices:
        - sources: [{model: %s, layer_range: [0, 90]}]
        """
            .formatted(llama));
    Map<String, @Nullable Object> beyond =
        error(2, "merge", recipe, folder.resolve("out"), "--json");
    assertEquals(recipe + ":3", beyond.get("file"));
    assertTrue(String.valueOf(beyond.get("remedy")).endsWith("is all of them"));
  }

  @Test
  void anOutputThatCannotBeWrittenIsAFailure() throws IOException {
    Path model = SmallModel.llama().file(folder.resolve("m.safetensors"));
    Writer full =
        new Writer() {
          @Override
          public void write(char[] text, int offset, int length) throws IOException {
            throw new IOException("No space left on device");
          }

          @Override
          public void flush() {}

          @Override
          public void close() {}
        };
    StringWriter err = new StringWriter();
    assertEquals(1, Main.run(new String[] {"inspect", model.toString()}, full, err));
    assertEquals(
        "lines: cannot write to standard output: No space left on device", err.toString().strip());
  }

  @ParameterizedTest
  @CsvSource({
    "extract, --rank, x",
    "extract, --rank, 99999999999",
    "edit, --cluster-size, 1.5",
    "merge, --seed, one",
    "tune, --parallel, many",
    "tune, --budget, 3e2"
  })
  void whatIsNoWholeNumberIsSaidPlainly(String command, String option, String value) {
    run(command, option, value).fails(2, option + "': expected a whole number, found '" + value);
  }

  @Test
  void whatIsNoPathIsSaidPlainly() {
    run("inspect", "a\0b").fails(2, "is no path: Nul character not allowed");
  }

  @Test
  void aLocaleThatCannotNameAPathIsTold() {
    String before = String.valueOf(System.setProperty("sun.jnu.encoding", "ANSI_X3.4-1968"));
    try {
      run("inspect", "\u00fc\0").fails(2, "set LC_ALL=C.UTF-8");
    } finally {
      System.setProperty("sun.jnu.encoding", before);
    }
  }

  @Test
  void numbersLookTheSameInEveryCountry() throws IOException {
    Path model = SmallModel.llama().file(folder.resolve("m.safetensors"));
    Locale before = Locale.getDefault(Locale.Category.FORMAT);
    Locale.setDefault(Locale.Category.FORMAT, Locale.GERMANY);
    try {
      Cli run =
          run("edit", "--base", model, "--tuned", model, "--out", folder.resolve("o"), "--dry-run");
      assertTrue(run.succeeds().out().contains("0.1000"), run.out());
      assertFalse(run.out().contains("0,1000"));
    } finally {
      Locale.setDefault(Locale.Category.FORMAT, before);
    }
  }

  @Test
  void theTestsRunWithTheVectorModule() {
    assertTrue(VectorModule.resolve());
  }
}
