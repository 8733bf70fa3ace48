package org.lines4j.internal.local;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;

/// The channels that are open for reading: a model may have more files than a process may have
/// open. The one that was not used for the longest time is closed first; what is being read from
/// stays.
final class OpenFiles {
  /// Systems commonly allow a process 1024, and outputs need theirs.
  private static final int MOST = 256;

  private static final OpenFiles INSTANCE = new OpenFiles();

  /// A channel in use.
  private static final class Lease {
    final FileChannel channel;
    int readers;

    Lease(FileChannel channel) {
      this.channel = channel;
    }
  }

  private final Map<LocalFile, Lease> leases = new LinkedHashMap<>(16, 0.75f, true);

  private OpenFiles() {}

  static OpenFiles instance() {
    return INSTANCE;
  }

  /// The file's channel, which stays open until [#release].
  synchronized FileChannel acquire(LocalFile file) throws IOException {
    Lease lease = leases.get(file);
    if (lease == null) {
      makeRoom();
      lease = new Lease(file.channel());
      leases.put(file, lease);
    }
    lease.readers++;
    return lease.channel;
  }

  /// Gives the channel back.
  synchronized void release(LocalFile file) {
    Lease lease = leases.get(file);
    if (lease != null) {
      lease.readers--;
    }
  }

  private void makeRoom() throws IOException {
    Iterator<Lease> oldest = leases.values().iterator();
    while (leases.size() >= MOST && oldest.hasNext()) {
      Lease lease = oldest.next();
      if (lease.readers == 0) {
        oldest.remove();
        lease.channel.close();
      }
    }
  }

  /// Closes the file's channel, whoever reads from it.
  synchronized void close(LocalFile file) throws IOException {
    Lease lease = leases.remove(file);
    if (lease != null) {
      lease.channel.close();
    }
  }
}
