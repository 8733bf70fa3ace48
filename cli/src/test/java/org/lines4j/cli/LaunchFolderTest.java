package org.lines4j.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.jar.Attributes;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class LaunchFolderTest {
  @TempDir private Path temporary;

  private Path built;
  private Path folder;

  @BeforeEach
  void nameFolders() throws IOException {
    built = temporary.resolve("built");
    folder = temporary.resolve("app");
    Files.createDirectories(built.resolve("lib"));
  }

  @Test
  void theLibrariesComeToBeOneJarThatTheProgramNames() throws IOException {
    jar("lib/a.jar", Map.of("a/A.txt", "a", "module-info.class", "a module's"));
    jar("lib/b.jar", Map.of("b/B.txt", "b"));
    program("lib/a.jar lib/b.jar", Map.of("own.txt", "own"));

    make();

    assertEquals(List.of("lib", "lib/libraries.jar", "lines.jar"), files());
    assertEquals(Map.of("a/A.txt", "a", "b/B.txt", "b"), entries(LaunchFolder.LIBRARIES));
    assertEquals(Map.of("own.txt", "own"), entries(LaunchFolder.PROGRAM));
    assertEquals(LaunchFolder.LIBRARIES, attribute(Attributes.Name.CLASS_PATH));
    assertEquals("org.lines4j.Any", attribute(Attributes.Name.MAIN_CLASS));
  }

  @Test
  void servicesOfAllLibrariesAreFoundAndLicencesKept() throws IOException {
    String service = "META-INF/services/some.Service";
    jar("lib/a.jar", Map.of(service, "a.A", "META-INF/LICENSE", "free", "x.txt", "first"));
    jar("lib/b.jar", Map.of(service, "b.B\n", "META-INF/LICENSE", "as air", "x.txt", "second"));
    jar("lib/c.jar", Map.of("META-INF/LICENSE", "free"));
    program("lib/a.jar lib/b.jar lib/c.jar", Map.of());

    make();

    assertEquals(
        Map.of(
            service,
            "a.A\nb.B\n",
            "META-INF/LICENSE",
            "free",
            "META-INF/b.jar/LICENSE",
            "as air",
            "x.txt",
            "first"),
        entries(LaunchFolder.LIBRARIES));
  }

  @Test
  void classesForNewerReleasesStayThoseOfLibrariesThatHaveThem() throws IOException {
    jar("lib/a.jar", Map.of("META-INF/versions/21/a/A.txt", "not meant"));
    jar(
        "lib/b.jar",
        Map.of("b/B.txt", "old", "META-INF/versions/21/b/B.txt", "new"),
        Map.of(Attributes.Name.MULTI_RELEASE, "true"));
    program("lib/a.jar lib/b.jar", Map.of());

    make();

    Path libraries = folder.resolve(LaunchFolder.LIBRARIES);
    try (JarFile jar =
        new JarFile(libraries.toFile(), true, JarFile.OPEN_READ, Runtime.version())) {
      assertTrue(jar.isMultiRelease());
      String found = new String(jar.getInputStream(jar.getEntry("b/B.txt")).readAllBytes(), UTF_8);
      assertEquals("new", found);
      assertFalse(jar.stream().anyMatch(entry -> entry.getName().endsWith("A.txt")));
    }
  }

  @Test
  void signedLibrariesKeepTheirNamesAndThoseThatAreNotThereLoseThem() throws IOException {
    jar("lib/a.jar", Map.of("a/A.txt", "a"));
    jar("lib/signed.jar", Map.of("META-INF/ME.SF", "signed", "s/S.txt", "s"));
    program("lib/part.jar lib/a.jar lib/signed.jar", Map.of());

    make();

    assertEquals("lib/libraries.jar lib/signed.jar", attribute(Attributes.Name.CLASS_PATH));
    assertEquals(Map.of("a/A.txt", "a"), entries(LaunchFolder.LIBRARIES));
    assertTrue(Files.exists(folder.resolve("lib/signed.jar")));
  }

  @Test
  void theSameBuildMakesTheSameBytes() throws IOException {
    jar("lib/a.jar", Map.of("a/A.txt", "a"));
    program("lib/a.jar", Map.of("own.txt", "own"));

    make();
    byte[] program = Files.readAllBytes(folder.resolve(LaunchFolder.PROGRAM));
    byte[] libraries = Files.readAllBytes(folder.resolve(LaunchFolder.LIBRARIES));
    make(); // over what is there

    assertArrayEquals(program, Files.readAllBytes(folder.resolve(LaunchFolder.PROGRAM)));
    assertArrayEquals(libraries, Files.readAllBytes(folder.resolve(LaunchFolder.LIBRARIES)));
  }

  private void make() throws IOException {
    LaunchFolder.main(new String[] {built.toString(), folder.toString()});
  }

  private void program(String classPath, Map<String, String> entries) throws IOException {
    jar(
        LaunchFolder.PROGRAM,
        entries,
        Map.of(
            Attributes.Name.CLASS_PATH, classPath, Attributes.Name.MAIN_CLASS, "org.lines4j.Any"));
  }

  private void jar(String name, Map<String, String> entries) throws IOException {
    jar(name, entries, Map.of());
  }

  private void jar(String name, Map<String, String> entries, Map<Attributes.Name, String> said)
      throws IOException {
    Manifest manifest = new Manifest();
    manifest.getMainAttributes().put(Attributes.Name.MANIFEST_VERSION, "1.0");
    said.forEach(manifest.getMainAttributes()::put);
    try (JarOutputStream out =
        new JarOutputStream(Files.newOutputStream(built.resolve(name)), manifest)) {
      for (Map.Entry<String, String> entry : new TreeMap<>(entries).entrySet()) {
        out.putNextEntry(new JarEntry(entry.getKey()));
        out.write(entry.getValue().getBytes(UTF_8));
      }
    }
  }

  private Map<String, String> entries(String name) throws IOException {
    Map<String, String> found = new TreeMap<>();
    try (JarFile jar = new JarFile(folder.resolve(name).toFile())) {
      for (JarEntry entry : jar.stream().toList()) {
        if (!entry.getName().equals(JarFile.MANIFEST_NAME)) {
          found.put(entry.getName(), new String(jar.getInputStream(entry).readAllBytes(), UTF_8));
        }
      }
    }
    return found;
  }

  private String attribute(Attributes.Name name) throws IOException {
    try (JarFile jar = new JarFile(folder.resolve(LaunchFolder.PROGRAM).toFile())) {
      return jar.getManifest().getMainAttributes().getValue(name);
    }
  }

  private List<String> files() throws IOException {
    try (Stream<Path> all = Files.walk(folder)) {
      return all.filter(file -> !file.equals(folder))
          .map(file -> folder.relativize(file).toString().replace('\\', '/'))
          .sorted()
          .toList();
    }
  }
}
