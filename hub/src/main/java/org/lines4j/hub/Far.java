package org.lines4j.hub;

import org.lines4j.hub.http.RemoteFile;
import org.lines4j.storage.far.ReadAhead;

/// A file of the Hub that is not in the cache, shared by all who have it open: its address in the
/// store and its header need not be fetched by each.
final class Far {
  private final RemoteFile remote;
  private final ReadAhead reads;
  private int users;

  Far(RemoteFile remote) {
    this.remote = remote;
    this.reads = new ReadAhead(remote);
  }

  RemoteFile remote() {
    return remote;
  }

  ReadAhead reads() {
    return reads;
  }

  synchronized void open() {
    users++;
  }

  synchronized void close() {
    users--;
    if (users == 0) {
      reads.pause();
    }
  }
}
