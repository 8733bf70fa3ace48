package org.lines4j.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.lines4j.cli.Cli.run;
import static org.lines4j.cli.Cli.tensor;

import java.io.File;
import java.io.IOException;
import java.io.OutputStream;
import java.net.URISyntaxException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.lines4j.error.RequestException;
import org.lines4j.method.MethodType;

/// A third party's merge method: the example of docs/your-own-method.md, built and used as it
/// stands there.
class OwnMethodTest {
  private static final SmallModel BASE = SmallModel.llama();
  private static final String FIRST = "model.layers.0.mlp.weight";
  private static final String LAST = "model.layers.2.mlp.weight";
  private static final String SERVICE = "META-INF/services/org.lines4j.method.MethodType";

  private static final String RECIPE =
      """
      merge_method: median
      base_model: base.safetensors
      models: [{model: a.safetensors}, {model: b.safetensors}, {model: c.safetensors}]
      """;

  @TempDir private Path folder;
  private final ClassLoader before = Thread.currentThread().getContextClassLoader();

  @BeforeEach
  void writeModels() throws IOException {
    BASE.file(folder.resolve("base.safetensors"));
    BASE.plus(1).file(folder.resolve("a.safetensors"));
    BASE.plus(-0.5f).file(folder.resolve("b.safetensors"));
    BASE.plus(100).file(folder.resolve("c.safetensors"));
  }

  @AfterEach
  void restoreClassLoader() {
    Thread.currentThread().setContextClassLoader(before);
  }

  /// The first block of that kind in the document.
  private static String block(String kind) throws IOException {
    String document = Files.readString(Path.of("..", "docs", "your-own-method.md"));
    Matcher matcher =
        Pattern.compile("\n```" + kind + "\n(.*?)```\n", Pattern.DOTALL).matcher(document);
    assertTrue(matcher.find(), kind);
    return matcher.group(1);
  }

  /// Compiles the source and packs it with its service entry.
  private Path jar(String source, String service) throws IOException, InterruptedException {
    Path file = Files.createDirectories(folder.resolve("src/example")).resolve("Median.java");
    Files.writeString(file, source);
    Path classes = Files.createDirectories(folder.resolve("classes"));
    Process javac =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "javac").toString(),
                "-cp",
                library().toString(),
                "-d",
                classes.toString(),
                file.toString())
            .redirectErrorStream(true)
            .start();
    String said = new String(javac.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertEquals(0, javac.waitFor(), said);
    Path jar = folder.resolve("median.jar");
    try (OutputStream bytes = Files.newOutputStream(jar);
        JarOutputStream out = new JarOutputStream(bytes);
        Stream<Path> walk = Files.walk(classes)) {
      for (Path path : walk.filter(Files::isRegularFile).toList()) {
        out.putNextEntry(new JarEntry(classes.relativize(path).toString().replace('\\', '/')));
        Files.copy(path, out);
      }
      out.putNextEntry(new JarEntry(SERVICE));
      out.write(service.getBytes(StandardCharsets.UTF_8));
    }
    return jar;
  }

  private static Path library() {
    try {
      return Path.of(MethodType.class.getProtectionDomain().getCodeSource().getLocation().toURI());
    } catch (URISyntaxException e) {
      throw new AssertionError(e);
    }
  }

  private void use(Path jar) throws IOException {
    Thread.currentThread()
        .setContextClassLoader(new URLClassLoader(new URL[] {jar.toUri().toURL()}, before));
  }

  private Path recipe(String text) throws IOException {
    return Files.writeString(folder.resolve("recipe.yml"), text);
  }

  private static float[] shifted(String name, float delta) {
    float[] values = BASE.values(name).clone();
    for (int i = 0; i < values.length; i++) {
      values[i] += delta;
    }
    return values;
  }

  @Test
  void theExampleIsListedMergesAndIsCheckedLikeOurs() throws IOException, InterruptedException {
    use(jar(block("java"), block("text")));
    assertTrue(run("methods").succeeds().out().contains("median"));
    assertTrue(run("methods", "median").succeeds().out().contains("τ = median(wᵢ·(θᵢ − θ0))"));
    Path out = folder.resolve("out.safetensors");
    run("merge", recipe(RECIPE), out).succeeds();
    assertArrayEquals(shifted(FIRST, 1), tensor(out, FIRST), 1e-5f);
    run("merge", recipe(RECIPE + "lines: {alpha: 0, beta: 0.5}\n"), out, "--force").succeeds();
    assertArrayEquals(shifted(FIRST, 0), tensor(out, FIRST));
    assertArrayEquals(shifted(LAST, 0.5f), tensor(out, LAST), 1e-5f);
    run("merge", recipe(RECIPE + "parameters: {weigth: 1}\n"), out, "--force")
        .fails(2, "median has no parameter 'weigth'; did you mean 'weight'?");
    run("merge", recipe(RECIPE + "parameters: {weight: 0}\n"), out, "--force")
        .fails(2, "median: tensor", "weight should not be 0");
  }

  @Test
  void aMethodThatFailsIsNamedWithTheTensor() throws IOException, InterruptedException {
    use(jar(block("java").replace("Arrays.sort(updates);", "updates[-1] = 0;"), block("text")));
    Cli failed = run("merge", recipe(RECIPE), folder.resolve("out.safetensors"));
    assertEquals(1, failed.code(), failed.err());
    assertTrue(failed.err().contains("a merge method failed: example.Median"), failed.err());
    assertTrue(failed.err().contains(" failed on tensor "), failed.err());
    assertTrue(failed.err().contains("Index -1 out of bounds"), failed.err());
    assertFalse(failed.showsStackTrace(), failed.err());
    assertFalse(Files.exists(folder.resolve("out.safetensors")));
  }

  @Test
  void aMethodThatThrowsAnErrorIsNamedToo() throws IOException, InterruptedException {
    use(
        jar(
            block("java")
                .replace(
                    "Arrays.sort(updates);", "if (count > 0) throw new AssertionError(\"mine\");"),
            block("text")));
    Cli failed = run("merge", recipe(RECIPE), folder.resolve("out.safetensors"));
    assertEquals(1, failed.code(), failed.err());
    assertTrue(failed.err().contains("java.lang.AssertionError: mine"), failed.err());
    assertFalse(failed.showsStackTrace(), failed.err());
  }

  @Test
  void aMethodWhoseParametersAreWrongCannotBeUsed() throws IOException, InterruptedException {
    use(jar(block("java").replace("Optional.of(1.0)", "Optional.of(1)"), block("text")));
    run("methods").fails(2, "example.Median cannot be used", "weight falls back to 1");
  }

  @Test
  void aJarThatIsNotThereIsAnError() {
    String present = folder.toString();
    MethodJars.check(null);
    MethodJars.check(present + File.pathSeparator + present + File.separator + "*");
    String missing = folder.resolve("none.jar").toString();
    RequestException e =
        assertThrows(
            RequestException.class, () -> MethodJars.check(present + File.pathSeparator + missing));
    assertEquals(
        "LINES_CLASSPATH names " + missing + ", which is not there",
        String.valueOf(e.getMessage()));
  }

  @Test
  void aNameThatIsTakenIsAnError() throws IOException, InterruptedException {
    use(jar(block("java").replace("\"median\"", "\"ties\""), block("text")));
    run("methods").fails(2, "two merge methods are called ties", "example.Median");
  }

  @Test
  void aJarThatCannotBeLoadedIsAnError() throws IOException, InterruptedException {
    use(jar("package example;", "example.Mean\n"));
    run("methods").fails(2, "cannot be loaded", "example.Mean");
  }
}
