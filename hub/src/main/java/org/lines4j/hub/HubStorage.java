package org.lines4j.hub;

import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.lines4j.error.InputException;
import org.lines4j.error.RequestException;
import org.lines4j.storage.ByteSource;
import org.lines4j.storage.Draft;
import org.lines4j.storage.Location;
import org.lines4j.storage.Storage;

/// Models of the Hugging Face Hub: `org/name`, `org/name@revision`,
/// `hf://org/name@revision/folder`. They are read from the cache that `huggingface_hub` keeps, and
/// from the Hub into it.
///
/// The environment says how, in the variables of `huggingface_hub`: `HF_HOME`, `HF_HUB_CACHE`,
/// `HF_TOKEN`, `HF_HUB_OFFLINE`, `HF_ENDPOINT` and others. A system property of the same name wins.
public final class HubStorage implements Storage {
  /// Found as a service.
  public HubStorage() {}

  @Override
  public String scheme() {
    return HubAddress.SCHEME;
  }

  @Override
  public Optional<Location> find(String name) {
    return HubAddress.find(name);
  }

  private static Snapshot snapshot(HubAddress address) throws IOException {
    return Hub.current().snapshot(address);
  }

  @Override
  public Kind kind(Location location) throws IOException {
    Optional<HubAddress> address = HubAddress.of(location);
    return address.isEmpty() ? Kind.ABSENT : snapshot(address.get()).kind(address.get().path());
  }

  @Override
  public List<Entry> list(Location folder) throws IOException {
    HubAddress address = address(folder);
    return snapshot(address).list(address.path());
  }

  @Override
  public Optional<String> toHaveAll(Location folder) throws IOException {
    HubAddress address = address(folder);
    Snapshot snapshot = snapshot(address);
    return snapshot.cachedOnly() && snapshot.tree().isEmpty()
        ? Optional.of(Refusals.ofPart(address, Hub.current().settings()))
        : Optional.empty();
  }

  private static HubAddress address(Location location) {
    return HubAddress.of(location)
        .orElseThrow(
            () ->
                InputException.expected(location, "", "hf://org/name[@revision][/path]", location));
  }

  @Override
  public ByteSource open(Location file) throws IOException {
    HubAddress address = address(file);
    Snapshot snapshot = snapshot(address);
    if (snapshot.kind(address.path()) != Kind.FILE) {
      throw new NoSuchFileException(file.text());
    }
    return snapshot.open(file, address);
  }

  @Override
  public Location real(Location location) throws IOException {
    HubAddress address = address(location);
    return address.at(snapshot(address).commit());
  }

  @Override
  public boolean contains(Location outer, Location inner) throws IOException {
    HubAddress folder = address(outer);
    Optional<HubAddress> place = HubAddress.of(inner);
    return place.isPresent()
        && place.get().repository().equals(folder.repository())
        && place.get().revision().equals(folder.revision())
        && (folder.path().isEmpty() || (place.get().path() + "/").startsWith(folder.path() + "/"));
  }

  @Override
  public Optional<String> obstacle(Location location) {
    return Optional.of("models of the Hub are read, not written; name a folder of this machine");
  }

  @Override
  public OptionalLong room(Location location, boolean folder, long wanted) {
    return OptionalLong.empty();
  }

  @Override
  public Draft draft(Location location, boolean folder) {
    throw new RequestException(location, obstacle(location).orElseThrow());
  }
}
