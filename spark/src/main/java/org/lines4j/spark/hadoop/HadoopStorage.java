package org.lines4j.spark.hadoop;

import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.lines4j.error.RequestException;
import org.lines4j.storage.ByteSource;
import org.lines4j.storage.Draft;
import org.lines4j.storage.Location;
import org.lines4j.storage.Sink;
import org.lines4j.storage.Storage;
import org.lines4j.storage.far.Lease;

/// Models in file systems that Hadoop knows, such as `hdfs://namenode/models/base`, read from and
/// written to. Schemes other than `hdfs`, `webhdfs` and `viewfs` need Hadoop's connector for them
/// on the class path.
public abstract sealed class HadoopStorage implements Storage {
  private final String scheme;

  private HadoopStorage(String scheme) {
    this.scheme = scheme;
  }

  /// HDFS.
  public static final class Hdfs extends HadoopStorage {
    /// Found as a service.
    public Hdfs() {
      super("hdfs");
    }
  }

  /// HDFS, by HTTP.
  public static final class WebHdfs extends HadoopStorage {
    /// Found as a service.
    public WebHdfs() {
      super("webhdfs");
    }
  }

  /// HDFS, by HTTPS.
  public static final class SecureWebHdfs extends HadoopStorage {
    /// Found as a service.
    public SecureWebHdfs() {
      super("swebhdfs");
    }
  }

  /// File systems that are mounted into one tree.
  public static final class Mounted extends HadoopStorage {
    /// Found as a service.
    public Mounted() {
      super("viewfs");
    }
  }

  /// Azure's data lake.
  public static final class Azure extends HadoopStorage {
    /// Found as a service.
    public Azure() {
      super("abfs");
    }
  }

  /// Azure's data lake, by TLS.
  public static final class SecureAzure extends HadoopStorage {
    /// Found as a service.
    public SecureAzure() {
      super("abfss");
    }
  }

  /// Google's object store.
  public static final class Google extends HadoopStorage {
    /// Found as a service.
    public Google() {
      super("gs");
    }
  }

  /// Apache Ozone.
  public static final class Ozone extends HadoopStorage {
    /// Found as a service.
    public Ozone() {
      super("ofs");
    }
  }

  @Override
  public String scheme() {
    return scheme;
  }

  @Override
  public Kind kind(Location location) throws IOException {
    return Place.of(location).status().map(HadoopStorage::kind).orElse(Kind.ABSENT);
  }

  private static Kind kind(FileStatus status) {
    if (status.isFile()) {
      return Kind.FILE;
    }
    return status.isDirectory() ? Kind.FOLDER : Kind.SPECIAL;
  }

  @Override
  public List<Entry> list(Location folder) throws IOException {
    Place place = Place.of(folder);
    List<Entry> entries = new ArrayList<>();
    try {
      for (FileStatus status : place.files().listStatus(place.path())) {
        entries.add(
            new Entry(
                status.getPath().getName(), kind(status), status.getLen(), status.isSymlink()));
      }
    } catch (IOException e) {
      throw place.failed(e);
    }
    entries.sort(Comparator.comparing(Entry::name));
    return entries;
  }

  @Override
  public ByteSource open(Location file) throws IOException {
    Place place = Place.of(file);
    FileStatus status = place.status().orElseThrow(() -> new NoSuchFileException(file.text()));
    if (!status.isFile()) {
      throw new NoSuchFileException(file.text(), null, "is not a file");
    }
    return HadoopFile.open(file, place, status);
  }

  @Override
  public Location real(Location location) throws IOException {
    Place place = Place.of(location);
    try {
      return new Place(place.files(), place.files().resolvePath(place.path())).location();
    } catch (IOException e) {
      throw place.failed(e);
    }
  }

  @Override
  public boolean contains(Location outer, Location inner) throws IOException {
    String above = Place.of(outer).toString();
    String below = Place.of(inner).toString();
    return below.equals(above) || below.startsWith(above.endsWith("/") ? above : above + "/");
  }

  @Override
  public Optional<String> obstacle(Location location) throws IOException {
    Place place = Place.of(location);
    if (place.path().isRoot()) {
      return Optional.of("the output cannot be the root folder");
    }
    Place above = nearest(place.parent());
    return above.status().map(FileStatus::isDirectory).orElse(true)
        ? Optional.empty()
        : Optional.of(above + " is not a folder");
  }

  /// It, or the first folder above that is there.
  private static Place nearest(Place place) throws IOException {
    Place above = place;
    while (!above.path().isRoot() && !above.exists()) {
      above = above.parent();
    }
    return above;
  }

  @Override
  public OptionalLong room(Location location, boolean folder, long wanted) throws IOException {
    Place above = nearest(Place.of(location));
    try {
      Path real =
          above.files().resolvePath(above.path()); // viewfs would ask with a name of its own
      FileSystem files = real.getFileSystem(above.files().getConf());
      long free = files.getStatus(real).getRemaining();
      int copies = Math.max(1, files.getDefaultReplication(real));
      return free == Long.MAX_VALUE ? OptionalLong.empty() : OptionalLong.of(free / copies);
    } catch (IOException e) {
      throw above.failed(e);
    }
  }

  @Override
  public Draft draft(Location location, boolean folder) throws IOException {
    Optional<String> obstacle = obstacle(location);
    if (obstacle.isPresent()) {
      throw new RequestException(location, obstacle.get());
    }
    return HadoopDraft.begin(Place.of(location), folder, Lease.USUAL_BEAT);
  }

  @Override
  public Sink join(Location folder) throws IOException {
    return HadoopSink.join(Place.of(folder));
  }
}
