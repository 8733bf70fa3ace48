package org.lines4j.storage;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.lines4j.error.RequestException;

/// Where a file or folder lies: a path of this machine, or an address such as `s3://bucket/model`.
///
/// @param scheme [#LOCAL], or what stands before `://`, in lower case
/// @param text as it was given, which is how messages show it
public record Location(String scheme, String text) {
  /// The scheme of paths of this machine.
  public static final String LOCAL = "file";

  private static final Pattern ADDRESS = Pattern.compile("([A-Za-z][A-Za-z0-9+.-]+)://(.*)");

  /// A path of this machine.
  public static Location of(Path path) {
    return new Location(LOCAL, path.toString());
  }

  /// What a user wrote: an address if it begins with a scheme and `://`, else a path.
  ///
  /// @throws RequestException if it can be neither
  public static Location parse(String text) {
    Matcher address = ADDRESS.matcher(text);
    try {
      if (!address.matches()) {
        return of(Path.of(text));
      }
      String scheme = address.group(1).toLowerCase(Locale.ROOT);
      return scheme.equals(LOCAL) ? of(Path.of(address.group(2))) : new Location(scheme, text);
    } catch (InvalidPathException e) {
      throw new RequestException("'%s' is no path: %s".formatted(text, e.getReason()));
    }
  }

  /// Whether this is a path of this machine.
  public boolean isLocal() {
    return scheme.equals(LOCAL);
  }

  /// The path of this machine.
  ///
  /// @throws IllegalStateException if it is none
  public Path path() {
    if (!isLocal()) {
      throw new IllegalStateException(text + " is no path of this machine");
    }
    return Path.of(text);
  }

  /// What lies here under `name`, which may lead through subfolders by `/`.
  public Location child(String name) {
    if (isLocal()) {
      return of(path().resolve(name));
    }
    return new Location(scheme, text.endsWith("/") ? text + name : text + "/" + name);
  }

  /// What `other`, as a user wrote it, means where this folder is what relative paths start from.
  public Location resolve(String other) {
    if (ADDRESS.matcher(other).matches()) {
      return parse(other);
    }
    return isLocal() ? of(path().resolve(parse(other).path())) : child(other);
  }

  /// What lies beside this under another name.
  public Location sibling(String name) {
    if (isLocal()) {
      return of(path().resolveSibling(name));
    }
    int end = text.length() - (text.endsWith("/") ? 1 : 0);
    return new Location(scheme, text.substring(0, text.lastIndexOf('/', end - 1) + 1) + name);
  }

  /// The same place, whatever the working folder is.
  public Location absolute() {
    return isLocal() ? of(path().toAbsolutePath().normalize()) : this;
  }

  /// The last part of it, empty for a root.
  public String name() {
    if (isLocal()) {
      Path name = path().toAbsolutePath().normalize().getFileName();
      return name == null ? "" : name.toString();
    }
    String plain = text.endsWith("/") ? text.substring(0, text.length() - 1) : text;
    return plain.substring(plain.lastIndexOf('/') + 1);
  }

  @Override
  @SuppressWarnings("exports") // the annotation says nothing to callers
  public boolean equals(@Nullable Object other) {
    return other instanceof Location same && scheme.equals(same.scheme) && text.equals(same.text);
  }

  @Override
  public int hashCode() {
    return text.hashCode();
  }

  @Override
  public String toString() {
    return text.isEmpty() && isLocal() ? "." : text; // the folder of a file that is named alone
  }
}
