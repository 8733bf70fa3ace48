package org.lines4j.dist;

import com.google.cloud.tools.jib.api.Containerizer;
import com.google.cloud.tools.jib.api.Jib;
import com.google.cloud.tools.jib.api.JibContainerBuilder;
import com.google.cloud.tools.jib.api.TarImage;
import com.google.cloud.tools.jib.api.buildplan.AbsoluteUnixPath;
import com.google.cloud.tools.jib.api.buildplan.FileEntriesLayer;
import com.google.cloud.tools.jib.api.buildplan.FilePermissions;
import com.google.cloud.tools.jib.api.buildplan.Platform;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/// The image in a container's image, made without a daemon: nothing below it but what Java needs of
/// the C library of the machine that it was made on. It has no shell, so Java is the entry point.
final class Container {
  private static final String HOME = "/opt/lines";
  private static final String WORK = "/work";

  /// By name, for the loader looks them up: those of the runtime, and those of OpenBLAS, which are
  /// unpacked when first used.
  private static final List<String> LIBRARIES =
      List.of(
          "libc.so.6", "libm.so.6", "libdl.so.2", "libpthread.so.0", "librt.so.1", "libgcc_s.so.1");

  private static final List<Path> LIBRARY_FOLDERS =
      List.of(
          Path.of("/lib/x86_64-linux-gnu"),
          Path.of("/lib/aarch64-linux-gnu"),
          Path.of("/lib64"),
          Path.of("/usr/lib64"));

  private static final List<Path> LOADERS =
      List.of(Path.of("/lib64/ld-linux-x86-64.so.2"), Path.of("/lib/ld-linux-aarch64.so.1"));

  private final Release release;

  private Container(Release release) {
    this.release = release;
  }

  static Path make(Release release, Path image) throws Exception {
    return new Container(release).make(image);
  }

  private Path make(Path image) throws Exception {
    Path file = release.target().resolve(release.name() + "-image.tar");
    Path empty = Files.createDirectories(release.target().resolve("empty"));
    JibContainerBuilder container =
        Jib.fromScratch()
            .setPlatforms(
                Set.of(
                    new Platform(Release.processor().equals("arm64") ? "arm64" : "amd64", "linux")))
            .addFileEntriesLayer(libraries(empty))
            .addFileEntriesLayer(program(image))
            .setCreationTime(release.time())
            .addEnvironmentVariable("LC_ALL", "C.UTF-8")
            .setWorkingDirectory(AbsoluteUnixPath.get(WORK))
            .setUser("65532:65532")
            .setEntrypoint(
                HOME + "/runtime/bin/java",
                "@" + HOME + "/launcher/heavy.options",
                "-XX:+UseTransparentHugePages", // as start.sh has it
                "-Xlog:disable",
                "-Xlog:all=error:stderr",
                "-XX:AOTCache=" + HOME + "/app/lines.aot",
                "-jar",
                HOME + "/app/lines.jar");
    container.containerize(
        Containerizer.to(
                TarImage.at(file)
                    .named("lines:" + release.version().toLowerCase(java.util.Locale.ROOT)))
            .setOfflineMode(true)
            .setToolName("lines-dist")
            .setBaseImageLayersCache(release.target().resolve("jib"))
            .setApplicationLayersCache(release.target().resolve("jib")));
    return file;
  }

  private FileEntriesLayer libraries(Path empty) throws IOException {
    FileEntriesLayer.Builder layer = FileEntriesLayer.builder().setName("libraries");
    for (Path loader : LOADERS) {
      if (Files.exists(loader)) {
        layer.addEntry(
            loader.toRealPath(),
            AbsoluteUnixPath.get(loader.toString()),
            FilePermissions.fromOctalString("755"),
            release.time());
      }
    }
    for (String name : new TreeSet<>(LIBRARIES)) {
      Path library = find(name);
      layer.addEntry(
          library.toRealPath(),
          AbsoluteUnixPath.get(library.toString()),
          FilePermissions.fromOctalString("644"),
          release.time());
    }
    layer.addEntry(
        empty,
        AbsoluteUnixPath.get("/tmp"),
        FilePermissions.fromOctalString("777"),
        release.time());
    layer.addEntry(
        empty, AbsoluteUnixPath.get(WORK), FilePermissions.fromOctalString("777"), release.time());
    return layer.build();
  }

  private static Path find(String name) throws IOException {
    for (Path folder : LIBRARY_FOLDERS) {
      Path library = folder.resolve(name);
      if (Files.exists(library)) {
        return library;
      }
    }
    throw new IOException("this machine has no " + name + " in any of " + LIBRARY_FOLDERS);
  }

  private FileEntriesLayer program(Path image) throws IOException {
    FileEntriesLayer.Builder layer = FileEntriesLayer.builder().setName("program");
    for (Path file : Tree.of(image)) {
      layer.addEntry(
          file,
          AbsoluteUnixPath.get(HOME + "/" + Tree.name(image, file)),
          FilePermissions.fromOctalString(Integer.toOctalString(Modes.of(file))),
          release.time());
    }
    return layer.build();
  }
}
