package org.lines4j.internal.local;

import java.io.Closeable;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;

/// The files that are open now. A model may have more files than a process may have open: the one
/// that was not used for the longest time is closed first, to be opened again; what is in use
/// stays.
///
/// Both kinds together take at most half of the handles that a process may have ([Handles]).
///
/// @param <F> files
/// @param <C> channels to one
final class OpenFiles<F, C extends Closeable> {
  /// Files that are read: a channel each.
  static final OpenFiles<LocalFile, FileChannel> READ = new OpenFiles<>(4, LocalFile::channel);

  /// Files that are written: two channels each.
  static final OpenFiles<LocalSink, LocalSink.Channels> WRITTEN =
      new OpenFiles<>(8, LocalSink::channels);

  /// So few may always be open.
  private static final int FEW = 4;

  /// How a file is opened.
  @FunctionalInterface
  interface Opener<F, C> {
    C open(F file) throws IOException;
  }

  /// Channels in use.
  private static final class Lease<C> {
    final C channels;
    int users;

    Lease(C channels) {
      this.channels = channels;
    }
  }

  private final int share;
  private final Opener<F, C> opener;
  private final Map<F, Lease<C>> leases = new LinkedHashMap<>(16, 0.75f, true);

  /// @param share of the handles that a process may have there is a file for every so many, open at
  ///   a time; files in use stay open beyond that
  OpenFiles(int share, Opener<F, C> opener) {
    this.share = share;
    this.opener = opener;
  }

  /// The file's channels, which stay open until [#release].
  synchronized C acquire(F file) throws IOException {
    Lease<C> lease = leases.get(file);
    if (lease == null) {
      makeRoom();
      lease = new Lease<>(opener.open(file));
      leases.put(file, lease);
    }
    lease.users++;
    return lease.channels;
  }

  /// Gives the channels back.
  synchronized void release(F file) {
    Lease<C> lease = leases.get(file);
    if (lease != null) {
      lease.users--;
    }
  }

  /// How many files are open at a time, but for those in use.
  int most() {
    return Math.max(FEW, Math.min(Handles.allowed(), Handles.USUAL) / share);
  }

  private void makeRoom() throws IOException {
    if (leases.size() < FEW) {
      return;
    }
    int most = most();
    Iterator<Lease<C>> oldest = leases.values().iterator();
    while (leases.size() >= most && oldest.hasNext()) {
      Lease<C> lease = oldest.next();
      if (lease.users == 0) {
        oldest.remove();
        lease.channels.close();
      }
    }
  }

  /// Closes the file's channels, whoever uses them.
  synchronized void close(F file) throws IOException {
    Lease<C> lease = leases.remove(file);
    if (lease != null) {
      lease.channels.close();
    }
  }

  /// How many files are open.
  synchronized int count() {
    return leases.size();
  }
}
