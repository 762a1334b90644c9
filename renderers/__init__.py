"""From vertices to pixels: tensors or arrays in; finished pictures, or pixels with gradients, out."""

from avatar.renderers.antialias import antialias
from avatar.renderers.background import STUDIO, TRANSPARENT, Background
from avatar.renderers.camera import Camera
from avatar.renderers.camera_matrices import (
    camera_from_opencv,
    camera_from_opengl,
    camera_from_weak_perspective,
    opencv_from_camera,
)
from avatar.renderers.colour import hex_colour
from avatar.renderers.edge_gradients import edge_gradients
from avatar.renderers.fragments import Fragments
from avatar.renderers.head_mesh import HeadSurface, head_mesh
from avatar.renderers.heat import HeatKey, heat_colours, heat_key, heat_mesh
from avatar.renderers.interpolate import interpolate
from avatar.renderers.lights import LIGHTS, Light, Lights, lights_named, studio
from avatar.renderers.materials import Material, material_for
from avatar.renderers.mesh import Mesh
from avatar.renderers.motion_gradients import motion_gradients
from avatar.renderers.normals import face_normals, vertex_normals
from avatar.renderers.occlusion import ambient_occlusion
from avatar.renderers.phong import LightTensors, phong
from avatar.renderers.rasterize import rasterize
from avatar.renderers.render import render
from avatar.renderers.screen_derivatives import screen_derivatives
from avatar.renderers.spherical_harmonics import (
    environment_coefficients,
    light_coefficients,
    spherical_harmonics,
)
from avatar.renderers.surface_texture import read_texture
from avatar.renderers.texture import texture
from avatar.renderers.views import VIEWS, View, view_named
from avatar.renderers.warm_up import needs_compiling, warm_up

__all__ = [
    "LIGHTS",
    "STUDIO",
    "TRANSPARENT",
    "VIEWS",
    "Background",
    "Camera",
    "Fragments",
    "HeadSurface",
    "HeatKey",
    "Light",
    "LightTensors",
    "Lights",
    "Material",
    "Mesh",
    "View",
    "ambient_occlusion",
    "antialias",
    "camera_from_opencv",
    "camera_from_opengl",
    "camera_from_weak_perspective",
    "edge_gradients",
    "environment_coefficients",
    "face_normals",
    "head_mesh",
    "heat_colours",
    "heat_key",
    "heat_mesh",
    "hex_colour",
    "interpolate",
    "light_coefficients",
    "lights_named",
    "material_for",
    "motion_gradients",
    "needs_compiling",
    "opencv_from_camera",
    "phong",
    "rasterize",
    "read_texture",
    "render",
    "screen_derivatives",
    "spherical_harmonics",
    "studio",
    "texture",
    "vertex_normals",
    "view_named",
    "warm_up",
]
