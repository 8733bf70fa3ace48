package org.lines4j.s3;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.lines4j.error.RequestException;
import org.lines4j.storage.Location;

/// A place in S3: `s3://bucket/key`. Folders are what keys have in common up to a `/`.
///
/// @param key without a `/` at its end; empty for the bucket itself
record S3Address(String bucket, String key) {
  static final String SCHEME = "s3";
  private static final Pattern FORM =
      Pattern.compile("[Ss]3://([A-Za-z0-9][A-Za-z0-9._-]{1,254})(?:/(.*))?", Pattern.DOTALL);

  /// Takes a location apart.
  ///
  /// @throws RequestException if it is not as it should be
  static S3Address of(Location location) {
    Matcher parts = FORM.matcher(location.text());
    if (!parts.matches()) {
      throw RequestException.expected(location, "the address", "s3://bucket/folder", location);
    }
    String key = parts.group(2) == null ? "" : parts.group(2);
    return new S3Address(
        parts.group(1), key.endsWith("/") ? key.substring(0, key.length() - 1) : key);
  }

  Location location() {
    return new Location(SCHEME, SCHEME + "://" + bucket + (key.isEmpty() ? "" : "/" + key));
  }

  /// Whether it is a bucket, not a place in one.
  boolean isBucket() {
    return key.isEmpty();
  }

  /// What keys of things in this folder begin with.
  String prefix() {
    return isBucket() ? "" : key + "/";
  }

  S3Address child(String name) {
    return new S3Address(bucket, prefix() + name);
  }

  /// What lies beside it.
  S3Address sibling(String name) {
    return new S3Address(bucket, key.substring(0, key.lastIndexOf('/') + 1) + name);
  }

  /// The last part of its key.
  String name() {
    return key.substring(key.lastIndexOf('/') + 1);
  }

  /// Whether a place is this or lies in it.
  boolean contains(S3Address inner) {
    return bucket.equals(inner.bucket) && (key.equals(inner.key) || inner.key.startsWith(prefix()));
  }

  @Override
  public String toString() {
    return location().text();
  }
}
