package org.lines4j.spark.hadoop;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.lines4j.conformance.StorageConformance;
import org.lines4j.storage.Location;
import org.lines4j.storage.Storage;

/// The kit, on a folder of this machine that Hadoop mounts: a file system that cannot join files.
@Tag("slow")
class MountedConformanceTest extends StorageConformance {
  private static final String MOUNT = "spark.hadoop.fs.viewfs.mounttable.kit.link./here";

  @TempDir private static Path disk;
  private static int folders;

  @BeforeAll
  static void mount() {
    System.setProperty(MOUNT, disk.toUri().toString());
  }

  @AfterAll
  static void unmount() {
    System.clearProperty(MOUNT);
  }

  @Override
  protected Storage storage() {
    return new HadoopStorage.Mounted();
  }

  @Override
  protected Location newFolder() {
    return Location.parse("viewfs://kit/here/folder %d".formatted(++folders));
  }

  private static Path path(Location file) {
    return disk.resolve(file.text().substring("viewfs://kit/here/".length()));
  }

  @Override
  protected void put(Location file, byte[] content) throws IOException {
    Files.createDirectories(path(file).resolveSibling(""));
    Files.write(path(file), content);
  }

  @Override
  protected void remove(Location file) throws IOException {
    Files.delete(path(file));
  }
}
