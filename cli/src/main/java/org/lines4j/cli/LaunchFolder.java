package org.lines4j.cli;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.jar.Attributes;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.zip.Deflater;
import java.util.zip.ZipEntry;

/// Lays out what a launcher starts, from what the build made: `lines.jar`, and the libraries that
/// it names in `lib`.
///
/// The JVM opens each jar of the class path at every start, which takes it more than a millisecond.
/// So the libraries come to be one jar, but for large ones, which hold native code.
public final class LaunchFolder {
  static final String PROGRAM = "lines.jar";
  static final String LIBRARIES = "lib/libraries.jar";

  private static final long LARGE = 8 << 20;

  /// As early as all programs that read jars take it.
  private static final LocalDateTime DATE = LocalDateTime.of(1980, 2, 1, 0, 0);

  private static final String SERVICES = "META-INF/services/";
  private static final String VERSIONS = "META-INF/versions/";

  private final Path built;
  private final Path folder;
  private final Map<String, byte[]> entries = new LinkedHashMap<>();
  private boolean isMultiRelease;

  private LaunchFolder(Path built, Path folder) {
    this.built = built;
    this.folder = folder;
  }

  /// Makes a launcher's folder.
  ///
  /// @param args what the build made, and the folder, as [#make] takes them
  public static void main(String[] args) throws IOException {
    make(Path.of(args[0]), Path.of(args[1]));
  }

  /// Makes a launcher's folder.
  ///
  /// @param built holds `lines.jar` and `lib`
  /// @param folder which may be there
  public static void make(Path built, Path folder) throws IOException {
    new LaunchFolder(built, folder).make();
  }

  private void make() throws IOException {
    Files.createDirectories(folder.resolve("lib"));
    try (JarFile program = new JarFile(built.resolve(PROGRAM).toFile())) {
      Manifest manifest = program.getManifest();
      Attributes main = manifest.getMainAttributes();
      List<String> classPath = new ArrayList<>(List.of(LIBRARIES));
      for (String library : main.getValue(Attributes.Name.CLASS_PATH).split(" ", -1)) {
        if (!isTakenIn(library)) {
          classPath.add(library);
        }
      }
      main.put(Attributes.Name.CLASS_PATH, String.join(" ", classPath));
      Map<String, byte[]> own = new LinkedHashMap<>();
      for (JarEntry entry : files(program)) {
        own.put(entry.getName(), read(program, entry));
      }
      write(folder.resolve(PROGRAM), manifest, own);
    }
    Manifest manifest = new Manifest();
    manifest.getMainAttributes().put(Attributes.Name.MANIFEST_VERSION, "1.0");
    if (isMultiRelease) {
      manifest.getMainAttributes().put(Attributes.Name.MULTI_RELEASE, "true");
    }
    write(folder.resolve(LIBRARIES), manifest, entries);
  }

  /// Whether a library need not be named: what it holds is in the one jar now, or it is not there
  /// and comes with a part of an archive.
  private boolean isTakenIn(String library) throws IOException {
    Path jar = built.resolve(library);
    if (!Files.exists(jar)) {
      return true;
    }
    Path copy = folder.resolve(library);
    Files.copy(jar, copy, StandardCopyOption.REPLACE_EXISTING);
    if (Files.size(copy) >= LARGE || !OldClasses.renew(copy)) {
      return false;
    }
    takeIn(copy);
    Files.delete(copy);
    return true;
  }

  private void takeIn(Path library) throws IOException {
    try (JarFile jar = new JarFile(library.toFile())) {
      boolean hasVersions = jar.isMultiRelease();
      isMultiRelease |= hasVersions;
      for (JarEntry entry : files(jar)) {
        String name = entry.getName();
        if (hasVersions || !name.startsWith(VERSIONS)) {
          takeIn(library, name, read(jar, entry));
        }
      }
    }
  }

  /// Of what bears the same name the first is found, as in jars one after the other; of services
  /// all are, and a licence is kept for the library that it came with.
  private void takeIn(Path library, String name, byte[] bytes) {
    byte[] before = entries.putIfAbsent(name, bytes);
    if (before == null || Arrays.equals(before, bytes)) {
      return;
    }
    if (name.startsWith(SERVICES)) {
      entries.put(name, lines(before, bytes));
    } else if (name.startsWith("META-INF/")) {
      entries.put("META-INF/" + library.getFileName() + name.substring("META-INF".length()), bytes);
    }
  }

  private static byte[] lines(byte[] some, byte[] more) {
    byte[] all = Arrays.copyOf(some, some.length + 1 + more.length);
    all[some.length] = '\n';
    System.arraycopy(more, 0, all, some.length + 1, more.length);
    return all;
  }

  /// What a jar holds that makes sense on the class path of another.
  private static List<JarEntry> files(JarFile jar) {
    return jar.stream()
        .filter(entry -> !entry.isDirectory())
        .filter(entry -> !entry.getName().equals(JarFile.MANIFEST_NAME))
        .filter(entry -> !entry.getName().endsWith("module-info.class"))
        .toList();
  }

  private static byte[] read(JarFile jar, JarEntry entry) throws IOException {
    try (InputStream in = jar.getInputStream(entry)) {
      return in.readAllBytes();
    }
  }

  /// Not compressed: it is read often, and archives compress it better as a whole. With one time
  /// for all, for the same build makes the same bytes.
  private static void write(Path jar, Manifest manifest, Map<String, byte[]> entries)
      throws IOException {
    try (JarOutputStream out = new JarOutputStream(Files.newOutputStream(jar))) {
      out.setLevel(Deflater.NO_COMPRESSION);
      out.putNextEntry(dated(JarFile.MANIFEST_NAME));
      manifest.write(out);
      for (Map.Entry<String, byte[]> entry : entries.entrySet()) {
        out.putNextEntry(dated(entry.getKey()));
        out.write(entry.getValue());
      }
    }
  }

  private static ZipEntry dated(String name) {
    ZipEntry entry = new ZipEntry(name);
    entry.setTimeLocal(DATE);
    return entry;
  }
}
