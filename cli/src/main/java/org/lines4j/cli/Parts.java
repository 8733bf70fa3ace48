package org.lines4j.cli;

import java.io.File;
import java.io.IOException;
import java.io.PrintWriter;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.lines4j.cli.ProgressDisplay.Unit;
import org.lines4j.error.InputException;
import org.lines4j.error.RequestException;
import org.lines4j.files.AtomicFile;
import org.lines4j.files.CacheFolder;
import org.lines4j.files.Digests;
import org.lines4j.files.FolderLock;
import org.lines4j.plan.Progress;
import org.lines4j.storage.ByteSource;
import org.lines4j.storage.Location;
import org.lines4j.storage.Storages;

/// What an archive leaves out, for few need it: jars of others, which are fetched into the user's
/// cache when they are first needed. A part is a folder with our own jars and a list of the others,
/// which the build has made; the launcher of an archive asks for its class path.
final class Parts {
  /// What a list is called: a line for each jar, its SHA-256, its size and its place in a
  /// repository of Maven's.
  static final String LIST = "fetched.txt";

  private static final String REPOSITORY = "LINES_REPOSITORY";
  private static final String CENTRAL = "https://repo1.maven.org/maven2";
  private static final String LOCK = ".lock";
  private static final int BLOCK = 1 << 22;
  private static final int PAUSE_MILLIS = 300;

  private final Location repository;
  private final Path kept;
  private final PrintWriter err;

  Parts(Location repository, Path kept, PrintWriter err) {
    this.repository = repository;
    this.kept = kept;
    this.err = err;
  }

  /// Prints the class path of parts.
  ///
  /// @param args the folder of the parts, and their names
  public static void main(String[] args) {
    PrintWriter err = new PrintWriter(System.err, true, StandardCharsets.UTF_8);
    Failures failures = new Failures(List.of(), err, err);
    int code = 0;
    try {
      String chosen = System.getenv(REPOSITORY);
      Parts parts =
          new Parts(
              Location.parse(chosen == null || chosen.isEmpty() ? CENTRAL : chosen),
              CacheFolder.find()
                  .orElseThrow(
                      () ->
                          new RequestException("there is no folder to keep what must be fetched")
                              .withRemedy("set HOME or XDG_CACHE_HOME"))
                  .resolve("jars"),
              err);
      List<Path> folders =
          Arrays.stream(args).skip(1).map(name -> Path.of(args[0]).resolve(name)).toList();
      System.out.println(
          parts.classPath(folders).stream()
              .map(Path::toString)
              .collect(Collectors.joining(File.pathSeparator)));
    } catch (IOException | RuntimeException e) {
      code = failures.handle(e);
    }
    System.exit(code);
  }

  private record Jar(String sha256, long size, String place) {
    static Jar parse(String line) {
      String[] words = line.split(" ", 3);
      return new Jar(words[0], Long.parseLong(words[1]), words[2]);
    }

    String name() {
      return place.substring(place.lastIndexOf('/') + 1);
    }
  }

  /// All jars of some parts, ours first; those that are not there yet are fetched.
  List<Path> classPath(List<Path> folders) throws IOException {
    List<Path> jars = new ArrayList<>();
    Set<Jar> fetched = new LinkedHashSet<>();
    for (Path folder : folders) {
      try (Stream<Path> files = Files.list(folder)) {
        files.filter(file -> file.toString().endsWith(".jar")).sorted().forEach(jars::add);
      }
      Files.readAllLines(folder.resolve(LIST), StandardCharsets.UTF_8).stream()
          .map(Jar::parse)
          .forEach(fetched::add);
    }
    if (!missing(fetched).isEmpty()) {
      Files.createDirectories(kept);
      try (FolderLock _ = lock()) {
        fetch(missing(fetched));
      }
    }
    fetched.forEach(jar -> jars.add(kept.resolve(jar.name())));
    return jars;
  }

  private List<Jar> missing(Set<Jar> jars) throws IOException {
    List<Jar> missing = new ArrayList<>();
    for (Jar jar : jars) {
      Path file = kept.resolve(jar.name());
      if (!Files.isRegularFile(file) || Files.size(file) != jar.size()) {
        missing.add(jar);
      }
    }
    return missing;
  }

  /// Waits for another run that is fetching.
  private FolderLock lock() throws IOException {
    while (true) {
      Optional<FolderLock> lock = FolderLock.take(kept, LOCK);
      if (lock.isPresent()) {
        return lock.get();
      }
      try {
        Thread.sleep(PAUSE_MILLIS);
      } catch (InterruptedException e) {
        throw new IOException("interrupted", e);
      }
    }
  }

  private void fetch(List<Jar> jars) throws IOException {
    long bytes = jars.stream().mapToLong(Jar::size).sum();
    err.printf(
        "lines: fetching %d jars, %,d MB, from %s to %s%n",
        jars.size(), Math.max(1, bytes / Unit.MEGABYTES.size()), repository, kept);
    try (ProgressDisplay progress = ProgressDisplay.on(err, Unit.MEGABYTES)) {
      progress.start("fetch", bytes);
      for (Jar jar : jars) {
        fetch(jar, progress);
      }
    }
  }

  private void fetch(Jar jar, Progress progress) throws IOException {
    Location from = repository.child(jar.place());
    try (ByteSource source = Storages.of(from).openRegular(from);
        AtomicFile file = AtomicFile.create(kept.resolve(jar.name()))) {
      if (source.size() != jar.size()) {
        throw InputException.expected(from, "its size", jar.size(), source.size())
            .withRemedy(REPOSITORY + " names another repository of Maven's");
      }
      MessageDigest digest = Digests.newSha256();
      ByteBuffer block = ByteBuffer.allocateDirect(BLOCK);
      for (long at = 0; at < jar.size(); at += block.limit()) {
        block.clear().limit((int) Math.min(BLOCK, jar.size() - at));
        source.read(at, MemorySegment.ofBuffer(block));
        digest.update(block.duplicate());
        file.write(block.duplicate(), at);
        progress.advance(block.limit());
      }
      String found = Digests.hex(digest.digest());
      if (!found.equals(jar.sha256())) {
        throw InputException.expected(from, "its SHA-256", jar.sha256(), found)
            .withRemedy(REPOSITORY + " names another repository of Maven's");
      }
      file.publish();
    }
  }
}
