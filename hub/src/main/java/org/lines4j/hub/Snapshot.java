package org.lines4j.hub;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;
import org.lines4j.hub.cache.RepositoryFolder;
import org.lines4j.hub.cache.Tree;
import org.lines4j.storage.ByteSource;
import org.lines4j.storage.Location;
import org.lines4j.storage.Storage.Entry;
import org.lines4j.storage.Storage.Kind;

/// A repository at one commit.
///
/// @param address as it was asked for
/// @param tree its files, where they are known: always, unless it is `cachedOnly`
/// @param cachedOnly whether the Hub is not asked, and what is in the cache is all there is
/// @param far files that were opened and are not in the cache
record Snapshot(
    Hub hub,
    HubAddress address,
    String commit,
    RepositoryFolder folder,
    Optional<Tree> tree,
    boolean cachedOnly,
    Map<String, Far> far) {

  Snapshot(
      Hub hub,
      HubAddress address,
      String commit,
      RepositoryFolder folder,
      Optional<Tree> tree,
      boolean cachedOnly) {
    this(hub, address, commit, folder, tree, cachedOnly, new ConcurrentHashMap<>());
  }

  /// Files that a model cannot do without.
  private static final Pattern WEIGHTS =
      Pattern.compile(".+\\.(?:safetensors|bin|pt|pth|ckpt|gguf)");

  /// What somebody may ask for again; not a name with an adapter's or a part's behind it.
  private static final Pattern PLAIN = Pattern.compile("[\\w.-]+(?:/[\\w.-]+)*");

  /// Whether a file is called like one of a model's weights.
  static boolean isWeights(String name) {
    return WEIGHTS.matcher(name).matches();
  }

  /// Weights that are not in the cache are named, too: opening them says so.
  private Collection<String> names() throws IOException {
    if (!cachedOnly) {
      return tree.orElseThrow().files().keySet();
    }
    Set<String> names = new TreeSet<>(folder.names(commit));
    tree.ifPresent(
        all -> all.files().keySet().stream().filter(Snapshot::isWeights).forEach(names::add));
    return names;
  }

  Kind kind(String path) throws IOException {
    if (path.isEmpty()) {
      return Kind.FOLDER;
    }
    if (!Tree.isName(path)) {
      return Kind.ABSENT;
    }
    Collection<String> names = names();
    if (names.contains(path) || tree.map(all -> all.files().containsKey(path)).orElse(false)) {
      return Kind.FILE; // one that is not in the cache is told of when it is opened
    }
    String start = path + "/";
    if (names.stream().anyMatch(name -> name.startsWith(start))) {
      return Kind.FOLDER;
    }
    noteAbsent(path);
    return Kind.ABSENT;
  }

  private void noteAbsent(String path) {
    if (!cachedOnly && PLAIN.matcher(path).matches()) {
      try {
        folder.rememberAbsent(commit, path);
      } catch (IOException e) {
        // only a note
      }
    }
  }

  List<Entry> list(String path) throws IOException {
    String start = path.isEmpty() ? "" : path + "/";
    Map<String, Entry> entries = new TreeMap<>();
    for (String name : names()) {
      if (name.startsWith(start)) {
        String[] parts = name.substring(start.length()).split("/", 2);
        entries.put(
            parts[0],
            parts.length == 1
                ? new Entry(parts[0], Kind.FILE, size(name), false)
                : new Entry(parts[0], Kind.FOLDER, 0, false));
      }
    }
    return new ArrayList<>(entries.values());
  }

  private long size(String name) throws IOException {
    Optional<Tree.Entry> entry = entry(name);
    if (entry.isPresent()) {
      return entry.get().size();
    }
    Optional<Path> file = folder.file(commit, name, -1);
    return file.isPresent() ? Files.size(file.get()) : 0;
  }

  Optional<Tree.Entry> entry(String name) {
    return tree.map(all -> all.files().get(name));
  }

  /// A file that is not in the cache.
  Far far(HubAddress file, Tree.Entry entry) {
    return far.computeIfAbsent(file.path(), _ -> new Far(hub.remote(file, commit, entry)));
  }

  ByteSource open(Location location, HubAddress file) throws IOException {
    return HubFile.open(this, location, file);
  }
}
