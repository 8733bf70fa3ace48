package org.lines4j.spark.hadoop;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.lines4j.conformance.StorageConformance;
import org.lines4j.storage.Location;
import org.lines4j.storage.Storage;

/// The kit, on HDFS.
@Tag("slow")
class HdfsConformanceTest extends StorageConformance {
  @TempDir private static Path disk;
  private static TestHdfs hdfs;
  private static int folders;

  @BeforeAll
  static void start() throws IOException {
    hdfs = TestHdfs.start(disk);
  }

  @AfterAll
  static void stop() {
    hdfs.close();
  }

  @Override
  protected Storage storage() {
    return new HadoopStorage.Hdfs();
  }

  @Override
  protected Location newFolder() {
    return Location.parse("%s/kit/folder %d".formatted(hdfs.address(), ++folders));
  }

  @Override
  protected void put(Location file, byte[] content) throws IOException {
    hdfs.put(file, content);
  }

  @Override
  protected void remove(Location file) throws IOException {
    hdfs.files().delete(new org.apache.hadoop.fs.Path(file.text()), false);
  }
}
