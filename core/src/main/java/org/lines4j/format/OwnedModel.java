package org.lines4j.format;

import java.io.Closeable;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import org.lines4j.storage.Location;

/// A model that was made of others, which nobody else closes: it closes them, too.
final class OwnedModel implements Checkpoint {
  private final Checkpoint model;
  private final List<Checkpoint> owned;

  /// @param owned closed after the model, the last one first
  OwnedModel(Checkpoint model, List<Checkpoint> owned) {
    this.model = model;
    this.owned = List.copyOf(owned);
  }

  @Override
  public String format() {
    return model.format();
  }

  @Override
  public Location location() {
    return model.location();
  }

  @Override
  public boolean isFolder() {
    return model.isFolder();
  }

  @Override
  public List<Shard> shards() {
    return model.shards();
  }

  @Override
  public List<StoredTensor> tensors() {
    return model.tensors();
  }

  @Override
  public Optional<StoredTensor> find(String name) {
    return model.find(name);
  }

  @Override
  public Companions companions() {
    return model.companions();
  }

  @Override
  public TensorSource source(StoredTensor tensor) {
    return model.source(tensor);
  }

  @Override
  public Optional<String> remark() {
    return model.remark();
  }

  @Override
  public Optional<String> unread() {
    return model.unread();
  }

  @Override
  public void checkUnchanged() throws IOException {
    model.checkUnchanged();
  }

  @Override
  public void close() throws IOException {
    model.close();
    for (Closeable other : owned.reversed()) {
      other.close();
    }
  }
}
