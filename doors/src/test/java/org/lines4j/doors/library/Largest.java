package org.lines4j.doors.library;

import java.util.List;
import org.lines4j.method.MethodType;
import org.lines4j.method.Parameter;
import org.lines4j.method.TensorMerge;

/// A merge method that keeps, element by element, the largest update.
public final class Largest implements MethodType {
  @Override
  public String name() {
    return "largest";
  }

  @Override
  public String summary() {
    return "the largest of the updates, element by element";
  }

  @Override
  public String citation() {
    return "docs/library.md";
  }

  @Override
  public String equation() {
    return "τ = the θᵢ − θ0 that is farthest from 0";
  }

  @Override
  public BaseUse baseUse() {
    return BaseUse.REQUIRED;
  }

  @Override
  public List<Parameter> parameters() {
    return List.of();
  }

  @Override
  public TensorMerge create(Settings settings) {
    return new Merge();
  }

  private record Merge() implements TensorMerge.Elementwise {
    @Override
    public boolean givesTaskVector() {
      return true; // so that the result is θ0 + λ·τ, with λ by depth where a recipe has lines
    }

    @Override
    public void merge(long first, float[] base, float[][] models, float[] out, int count) {
      for (int i = 0; i < count; i++) {
        out[i] = 0;
        for (float[] model : models) {
          float update = model[i] - base[i];
          out[i] = Math.abs(update) > Math.abs(out[i]) ? update : out[i];
        }
      }
    }
  }
}
