package org.lines4j.spark.hadoop;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.FSDataOutputStream;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.io.IOUtils;
import org.apache.hadoop.ipc.RemoteException;
import org.lines4j.storage.ByteRange;

/// What was written of a file: `FROM-TO` each, in one folder. Processes that did the same work
/// leave bytes twice, which are the same.
final class Fragments {
  private static final Pattern NAME = Pattern.compile("(\\d{1,18})-(\\d{1,18})");
  private static final int BUFFER = 1 << 20;

  private final Place folder;

  Fragments(Place folder) {
    this.folder = folder;
  }

  static String name(long from, long to) {
    return from + "-" + to;
  }

  /// @param bytes of the file
  private record Fragment(Place place, ByteRange bytes) {
    long end() {
      return bytes.from() + bytes.count();
    }
  }

  /// Puts a file together.
  ///
  /// @throws IOException if bytes of it are missing
  void gather(long size, Place target) throws IOException {
    try {
      List<Fragment> row = row(size);
      if (row.size() == 1) {
        row.getFirst().place().moveTo(target);
      } else if (row.isEmpty() || !join(row, target)) {
        copy(row, 0, target);
      }
    } catch (IOException e) {
      throw folder.failed(e);
    }
  }

  /// Fragments that hold all bytes, each of which begins where the one before ends.
  private List<Fragment> row(long size) throws IOException {
    List<Fragment> row = new ArrayList<>();
    List<Fragment> all = all();
    int next = 0;
    for (long at = 0; at < size; at = row.getLast().end()) {
      Fragment longest = null;
      for (; next < all.size() && all.get(next).bytes().from() <= at; next++) {
        if (longest == null || all.get(next).end() > longest.end()) {
          longest = all.get(next);
        }
      }
      if (longest == null || longest.end() <= at) {
        throw new IOException("byte %,d of %,d was never written".formatted(at, size));
      }
      row.add(longest.bytes().from() == at ? longest : rest(longest, at));
    }
    return row;
  }

  private List<Fragment> all() throws IOException {
    List<Fragment> all = new ArrayList<>();
    for (FileStatus status : folder.files().listStatus(folder.path())) {
      String name = status.getPath().getName();
      Matcher parts = NAME.matcher(name);
      if (parts.matches()) {
        long from = Long.parseLong(parts.group(1));
        long count = Long.parseLong(parts.group(2)) - from;
        if (status.getLen() != count) {
          throw new IOException(
              "%s should have %,d bytes, found %,d".formatted(name, count, status.getLen()));
        }
        all.add(new Fragment(folder.child(name), new ByteRange(from, count)));
      }
    }
    all.sort(Comparator.comparingLong(one -> one.bytes().from()));
    return all;
  }

  /// What a fragment holds from a byte on, as one.
  private Fragment rest(Fragment fragment, long from) throws IOException {
    Place place = folder.child("rest-" + from);
    copy(List.of(fragment), from - fragment.bytes().from(), place);
    return new Fragment(place, new ByteRange(from, fragment.end() - from));
  }

  /// Has the file system make them one file, where it can: HDFS does, which moves no bytes.
  private static boolean join(List<Fragment> row, Place target) throws IOException {
    Place first = row.getFirst().place();
    Path[] others =
        row.subList(1, row.size()).stream().map(one -> one.place().path()).toArray(Path[]::new);
    try {
      first.files().concat(first.path(), others);
    } catch (UnsupportedOperationException | RemoteException e) {
      return false; // or not these, as where they are encrypted
    }
    first.moveTo(target);
    return true;
  }

  private static void copy(List<Fragment> row, long skip, Place target) throws IOException {
    try (FSDataOutputStream out = target.files().create(target.path(), true)) {
      for (Fragment fragment : row) {
        try (FSDataInputStream in = target.files().open(fragment.place().path())) {
          in.seek(skip);
          IOUtils.copyBytes(in, out, BUFFER, false);
        }
      }
      out.hsync();
    }
  }
}
