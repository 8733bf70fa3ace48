package org.lines4j.lab.image;

/// Regular patterns that go on for ever: how far a place is inside the ink, in periods; negative is
/// outside. One period is 1 in both directions.
enum Pattern {
  STRIPES {
    @Override
    float depth(float u, float v) {
      return 0.22f - wave(v);
    }
  },
  WAVES {
    @Override
    float depth(float u, float v) {
      float bend = wave(u * 0.8f) * 4 - 1;
      return 0.2f - wave(v + 0.22f * bend * (2 - Math.abs(bend)));
    }
  },
  ZIGZAG {
    @Override
    float depth(float u, float v) {
      return 0.2f - wave(v + 1.6f * wave(u));
    }
  },
  GRID {
    @Override
    float depth(float u, float v) {
      return 0.14f - Math.min(wave(u), wave(v));
    }
  },
  CHECKS {
    @Override
    float depth(float u, float v) {
      float across = 0.25f - wave(u);
      float down = 0.25f - wave(v);
      boolean inked = across * down > 0;
      float depth = Math.min(Math.abs(across), Math.abs(down));
      return inked ? depth : -depth;
    }
  },
  BRICKS {
    @Override
    float depth(float u, float v) {
      float row = (float) Math.floor(v * 1.4f);
      float joint = wave(v * 1.4f) / 1.4f;
      float end = wave(u * 0.8f + row * 0.5f) / 0.8f;
      return 0.13f - Math.min(joint, end);
    }
  },
  DOTS {
    @Override
    float depth(float u, float v) {
      return 0.3f - length(wave(u), wave(v));
    }
  },
  TRIANGLES {
    @Override
    float depth(float u, float v) {
      float height = v - (float) Math.floor(v);
      return (height * 0.5f - wave(u + 0.5f * (float) Math.floor(v))) * 0.8f;
    }
  },
  SCALES {
    @Override
    float depth(float u, float v) {
      float row = (float) Math.floor(2 * v);
      float down = v - row / 2;
      float own = length(wave(u + row / 2), down);
      float above = length(wave(u + (row - 1) / 2), down + 0.5f);
      float edge = own < 0.55f ? 0.55f - own : Math.abs(above - 0.55f);
      return 0.13f - edge;
    }
  },
  RINGS {
    @Override
    float depth(float u, float v) {
      return 0.22f - wave(length(u, v));
    }
  },
  CROSSES {
    @Override
    float depth(float u, float v) {
      float across = wave(u);
      float down = wave(v);
      return Math.min(0.1f - Math.min(across, down), 0.34f - Math.max(across, down));
    }
  },
  DIAMONDS {
    @Override
    float depth(float u, float v) {
      return 0.12f - Math.min(wave((u + v) * 0.7f), wave((u - v) * 0.7f));
    }
  };

  /// How far inside the ink, in periods.
  abstract float depth(float u, float v);

  /// The distance from the next whole number.
  private static float wave(float t) {
    return Math.abs(t - (float) Math.rint(t));
  }

  private static float length(float u, float v) {
    return (float) Math.sqrt(u * u + v * v);
  }
}
