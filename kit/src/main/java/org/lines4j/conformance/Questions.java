package org.lines4j.conformance;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Values of parameters that remember which were asked for.
final class Questions extends LinkedHashMap<String, Object> {
  private static final long serialVersionUID = 1L;

  private final transient Set<String> asked;

  Questions(Map<String, Object> values, Set<String> asked) {
    super(values);
    this.asked = asked;
  }

  @Override
  public @Nullable Object get(@Nullable Object key) {
    asked.add(String.valueOf(key));
    return super.get(key);
  }

  @Override
  public Object getOrDefault(@Nullable Object key, Object otherwise) {
    asked.add(String.valueOf(key));
    return super.getOrDefault(key, otherwise);
  }

  @Override
  public boolean containsKey(@Nullable Object key) {
    asked.add(String.valueOf(key));
    return super.containsKey(key);
  }
}
