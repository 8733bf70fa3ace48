package org.lines4j.spark.hadoop;

import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSDataOutputStream;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.hdfs.MiniDFSCluster;
import org.lines4j.storage.Location;

/// HDFS in this JVM: a name node and a data node.
public final class TestHdfs implements Closeable {
  private final MiniDFSCluster cluster;

  private TestHdfs(MiniDFSCluster cluster) {
    this.cluster = cluster;
  }

  /// Starts it.
  ///
  /// @param folder for its files
  public static TestHdfs start(Path folder) throws IOException {
    Configuration settings = new Configuration();
    settings.set(MiniDFSCluster.HDFS_MINIDFS_BASEDIR, folder.toString());
    settings.set("dfs.replication", "1");
    return new TestHdfs(new MiniDFSCluster.Builder(settings).numDataNodes(1).build());
  }

  /// Its address, without a `/` at the end.
  public String address() {
    return "hdfs://localhost:" + cluster.getNameNodePort();
  }

  /// Its files, as Hadoop reads them.
  public FileSystem files() throws IOException {
    return cluster.getFileSystem();
  }

  /// Makes a file, or overwrites one.
  public void put(Location file, byte[] content) throws IOException {
    try (FSDataOutputStream out =
        files().create(new org.apache.hadoop.fs.Path(file.text()), true)) {
      out.write(content);
    }
  }

  /// Copies a file or folder to this machine.
  public void get(String from, Path to) throws IOException {
    files().copyToLocalFile(false, new org.apache.hadoop.fs.Path(from), hadoop(to), true);
  }

  private static org.apache.hadoop.fs.Path hadoop(Path path) {
    return new org.apache.hadoop.fs.Path(path.toUri());
  }

  /// What lies in a folder.
  public List<String> names(String folder) throws IOException {
    return Stream.of(files().listStatus(new org.apache.hadoop.fs.Path(folder)))
        .map(status -> status.getPath().getName())
        .sorted()
        .toList();
  }

  @Override
  public void close() {
    cluster.shutdown(true);
  }
}
