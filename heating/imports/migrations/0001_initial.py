import django.core.serializers.json
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('jobs', '0001_initial'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Batch',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(max_length=40, verbose_name='类型')),
                ('state', models.CharField(choices=[('uploaded', '已上传'), ('checked', '已校验'), ('committing', '导入中'), ('committed', '已导入'), ('failed', '失败'), ('undone', '已撤销')], default='uploaded', max_length=12, verbose_name='状态')),
                ('company_id', models.BigIntegerField(verbose_name='公司')),
                ('office_id', models.BigIntegerField(db_index=True, verbose_name='机构')),
                ('file_name', models.CharField(max_length=200, verbose_name='文件名')),
                ('file_hash', models.CharField(max_length=64, verbose_name='文件摘要')),
                ('file', models.CharField(max_length=200, verbose_name='文件')),
                ('error_file', models.CharField(blank=True, max_length=200, verbose_name='错误文件')),
                ('options', models.JSONField(default=dict, encoder=django.core.serializers.json.DjangoJSONEncoder, verbose_name='选项')),
                ('counts', models.JSONField(default=dict, encoder=django.core.serializers.json.DjangoJSONEncoder, verbose_name='统计')),
                ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='上传时间')),
                ('committed_at', models.DateTimeField(null=True, verbose_name='导入时间')),
                ('undone_at', models.DateTimeField(null=True, verbose_name='撤销时间')),
                ('created_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='上传人')),
                ('job', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='batches', to='jobs.job', verbose_name='任务')),
            ],
            options={
                'verbose_name': '导入批次',
                'verbose_name_plural': '导入批次',
                'ordering': ['-id'],
                'default_permissions': ('view',),
                'indexes': [models.Index(fields=['company_id', 'kind', 'file_hash'], name='batch_same_file')],
            },
        ),
    ]
