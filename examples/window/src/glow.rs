//! All fireflies as one mesh whose colours follow the phases: one thing to draw, however many there are.

use bevy::{
    asset::{RenderAssetUsages, embedded_asset},
    mesh::{Indices, MeshVertexBufferLayoutRef, PrimitiveTopology, VertexAttributeValues},
    prelude::*,
    render::render_resource::{
        AsBindGroup, BlendComponent, BlendFactor, BlendOperation, BlendState, RenderPipelineDescriptor,
        SpecializedMeshPipelineError,
    },
    shader::ShaderRef,
    sprite_render::{AlphaMode2d, Material2d, Material2dKey, Material2dPipeline, Material2dPlugin},
};
use lampyrid::{prelude::*, swarm::Silent};

use crate::{Frame, flash, layout, meadow};

/// Half the side of a firefly's square \[px\]; most of it is halo.
const REACH: f32 = 12.0;
const CORNERS: [[f32; 2]; 4] = [[-1.0, -1.0], [1.0, -1.0], [1.0, 1.0], [-1.0, 1.0]];

pub(crate) fn plugin(app: &mut App) {
    embedded_asset!(app, "glow.wgsl");
    app.add_plugins(Material2dPlugin::<Glow>::default());
    app.add_systems(Startup, light).add_systems(Update, shine.in_set(Frame::Show));
}

/// Light that adds up, as light does.
#[derive(Asset, TypePath, AsBindGroup, Clone, Debug, Default)]
struct Glow {}

impl Material2d for Glow {
    fn fragment_shader() -> ShaderRef {
        "embedded://lampyrid_window/glow.wgsl".into()
    }

    fn alpha_mode(&self) -> AlphaMode2d {
        AlphaMode2d::Blend
    }

    fn specialize(
        _: &Material2dPipeline,
        descriptor: &mut RenderPipelineDescriptor,
        _: &MeshVertexBufferLayoutRef,
        _: Material2dKey<Self>,
    ) -> Result<(), SpecializedMeshPipelineError> {
        let sum = BlendComponent {
            src_factor: BlendFactor::One,
            dst_factor: BlendFactor::One,
            operation: BlendOperation::Add,
        };
        for target in descriptor.fragment.iter_mut().flat_map(|fragment| fragment.targets.iter_mut().flatten()) {
            target.blend = Some(BlendState { color: sum, alpha: BlendComponent::OVER });
        }
        Ok(())
    }
}

fn light(mut commands: Commands, mut meshes: ResMut<Assets<Mesh>>, mut materials: ResMut<Assets<Glow>>) {
    let places: Vec<Vec2> = meadow::places().map(layout::on_meadow).collect();
    commands.spawn((Mesh2d(meshes.add(squares(&places))), MeshMaterial2d(materials.add(Glow {}))));
}

/// A dark square around each place, four corners each, in the order of the places.
fn squares(places: &[Vec2]) -> Mesh {
    let corners = |place: &Vec2| CORNERS.map(|[x, y]| [place.x + REACH * x, place.y + REACH * y, 0.0]);
    let positions: Vec<[f32; 3]> = places.iter().flat_map(corners).collect();
    let triangles = |place: u32| [0, 1, 2, 0, 2, 3].map(|corner| 4 * place + corner);
    Mesh::new(PrimitiveTopology::TriangleList, RenderAssetUsages::default())
        .with_inserted_attribute(Mesh::ATTRIBUTE_COLOR, vec![[0.0; 4]; positions.len()])
        .with_inserted_attribute(Mesh::ATTRIBUTE_UV_0, CORNERS.repeat(places.len()))
        .with_inserted_attribute(Mesh::ATTRIBUTE_POSITION, positions)
        .with_inserted_indices(Indices::U32((0..places.len() as u32).flat_map(triangles).collect()))
}

/// The fireflies' ids, from 0, are their places in the mesh. Who is off the air doesn't flash.
fn shine(
    fireflies: Query<(&AgentId, &Phase, Has<Silent>)>,
    squares: Single<&Mesh2d, With<MeshMaterial2d<Glow>>>,
    mut meshes: ResMut<Assets<Mesh>>,
) {
    let Some(mut mesh) = meshes.get_mut(&squares.0) else {
        return;
    };
    let Some(VertexAttributeValues::Float32x4(colours)) = mesh.attribute_mut(Mesh::ATTRIBUTE_COLOR) else {
        return;
    };
    let (squares, _) = colours.as_chunks_mut::<4>();
    for (id, phase, silent) in &fireflies {
        if let Some(square) = squares.get_mut(id.get() as usize) {
            let brightness = if silent { 0.0 } else { flash::brightness(phase.0 as f32) };
            let [red, green, blue] = flash::colour(brightness);
            square.fill([red, green, blue, 0.0]);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_firefly_has_a_square_of_two_triangles_around_its_place() {
        let mesh = squares(&[Vec2::ZERO, Vec2::new(5.0, 7.0)]);
        assert_eq!(mesh.count_vertices(), 8);
        let indices: Vec<usize> = mesh.indices().expect("squares have indices").iter().collect();
        assert_eq!(indices, [0, 1, 2, 0, 2, 3, 4, 5, 6, 4, 6, 7]);
        let positions = mesh.attribute(Mesh::ATTRIBUTE_POSITION).and_then(|all| all.as_float3()).expect("positions");
        let middle = positions[4..].iter().fold(Vec2::ZERO, |sum, corner| sum + Vec2::new(corner[0], corner[1])) / 4.0;
        assert_eq!(middle, Vec2::new(5.0, 7.0));
    }
}
