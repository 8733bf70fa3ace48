package org.lines4j.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.DataInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.jar.JarFile;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

final class OldClassesTest {
  @TempDir private Path folder;

  @Test
  void classesOfJava5ComeToHaveTheVersionOfJava8AndPassTheVerifier() throws Exception {
    Path jar = copyOfPicocli();
    assertTrue(versions(jar).contains(49));

    OldClasses.renew(jar);

    assertTrue(versions(jar).stream().allMatch(version -> version >= 52));
    try (URLClassLoader loader = new URLClassLoader(new URL[] {jar.toUri().toURL()}, null);
        JarFile entries = new JarFile(jar.toFile())) {
      for (String name : classes(entries)) {
        if (name.startsWith("picocli/")) {
          // initialised, and therefore verified
          String type = name.substring(0, name.length() - ".class".length()).replace('/', '.');
          assertSame(loader, Class.forName(type, true, loader).getClassLoader());
        }
      }
    }
  }

  @Test
  void nothingIsLeftBesideTheJarsAndWhatIsNewEnoughIsNotTouched() throws Exception {
    Path jar = copyOfPicocli();
    OldClasses.renew(jar);
    byte[] renewed = Files.readAllBytes(jar);

    OldClasses.renew(jar);

    assertArrayEquals(renewed, Files.readAllBytes(jar));
    try (Stream<Path> files = Files.list(folder)) {
      assertEquals(List.of(jar), files.toList());
    }
  }

  private Path copyOfPicocli() throws Exception {
    URL source = CommandLine.class.getProtectionDomain().getCodeSource().getLocation();
    return Files.copy(Path.of(source.toURI()), folder.resolve("picocli.jar"));
  }

  private static List<Integer> versions(Path jar) throws IOException {
    try (JarFile entries = new JarFile(jar.toFile())) {
      return entries.stream()
          .filter(entry -> entry.getName().endsWith(".class"))
          .map(
              entry -> {
                try (DataInputStream bytes = new DataInputStream(entries.getInputStream(entry))) {
                  bytes.skipNBytes(6);
                  return bytes.readUnsignedShort();
                } catch (IOException e) {
                  throw new UncheckedIOException(e);
                }
              })
          .toList();
    }
  }

  private static List<String> classes(JarFile entries) {
    return entries.stream().map(ZipEntry::getName).filter(name -> name.endsWith(".class")).toList();
  }
}
